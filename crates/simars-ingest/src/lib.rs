//! The pipeline from a file to a registered, searchable document.
