#!/bin/sh
# Writes beside its own folder, and reads there.
echo escaped > "$HOME/../escaped"
read -r line < "$HOME/../secret.pdf" && echo "$line" > "$HOME/dokumen.pdf"
exit 0
