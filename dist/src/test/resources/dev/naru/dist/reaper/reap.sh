#!/bin/sh
# What Ryuk does: acknowledges filters, and removes what matches them when the client is gone.
ask() {
  printf '%s %s HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n' "$1" "$2" | /unixcat /var/run/docker.sock
}
filters=
while read -r line; do
  filters="$filters$(printf '%s' "$line" | tr '&' '\n' | sed -n 's/^label=/%22/p' | sed 's/$/%22/' | tr '\n' ',')"
  echo ACK
done
[ -n "$filters" ] || exit 0
filters=$(printf '%s' "${filters%,}" | sed 's/,/%2C/g')
for id in $(ask GET "/containers/json?all=1&filters=%7B%22label%22%3A%5B$filters%5D%7D" \
    | grep -o '"Id":"[0-9a-f]*"' | cut -d'"' -f4); do
  case $id in "$(hostname)"*) ;; *) ask DELETE "/containers/$id?force=1&v=1" >/dev/null ;; esac
done
ask DELETE "/containers/$(hostname)?force=1" >/dev/null
