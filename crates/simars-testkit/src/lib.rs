//! Help for tests: samples, temporary archives, a test server.
