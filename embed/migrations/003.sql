-- Which event the position is of, so that an older copy of the journal is known by what it went on with.
alter table journal_tail add column mark text;
-- Why a run ended as cancelled; the wish of the same reason is gone by then.
alter table runs add column cancelled_reason text;
