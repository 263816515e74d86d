ask_seconds=20

# Puts a question to the stigmer that is in place: leaves what it says in `answer` and its exit status in `ended`. One
# that hangs is ended.
ask() {
  ended=0
  answer=$(
    {
      "$place/stigmer" "$@" 2>&1 </dev/null &
      asked=$!
      give_up_later "$asked" >/dev/null &
      guard=$!
      answered=0
      wait "$asked" || answered=$?
      kill "$guard" || :
      exit "$answered"
    } 2>/dev/null
  ) || ended=$?
}

# Ends the process $1, unless it is told in time that there was an answer.
give_up_later() {
  nap=''
  trap '[ -z "$nap" ] || kill "$nap"; exit' TERM
  sleep "$ask_seconds" &
  nap=$!
  wait "$nap" || :
  kill -9 "$1"
}
