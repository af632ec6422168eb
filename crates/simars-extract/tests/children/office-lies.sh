#!/bin/sh
# Makes something that is no PDF.
echo nonsense > "$HOME/dokumen.pdf"
