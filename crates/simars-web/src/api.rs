//! The API for machines. Each module is one resource; errors are [problems](crate::problem).

pub(crate) mod documents;
pub(crate) mod review;
pub(crate) mod search;
pub(crate) mod upload;
pub(crate) mod verify;
