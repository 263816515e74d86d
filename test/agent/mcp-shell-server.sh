# An MCP server that ignores every signal and the end of its input once its tools are listed, and that leaves a child
# behind: the worst that a server can do to whoever started it.
echo $$ > "$PID_FOLDER/server"

reply() {
  printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$(printf '%s' "$line" | sed 's/.*"id":\("[^"]*"\|[0-9]*\).*/\1/')" "$1"
}

while read -r line; do
  case $line in
    *'"method":"initialize"'*)
      reply '"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
    *'"method":"tools/list"'*)
      reply '"result":{"tools":[{"name":"nap","inputSchema":{"type":"object"}}]}'
      break ;;
    *'"id":'*) reply '"error":{"code":-32601,"message":"no such method"}' ;;
  esac
done

trap '' TERM HUP INT
sleep 1000 &
echo $! > "$PID_FOLDER/grandchild"
wait
