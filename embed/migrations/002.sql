-- Which journal the position is of; null until the first one was read.
alter table journal_tail add column journal_id text;
