#!/bin/sh
# Counts how often it is started, then is the reading process.
here=${0%/*}
echo started >> "$here/starts"
exec "$here/reader" "$@"
