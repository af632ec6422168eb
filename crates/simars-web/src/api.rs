//! The API for machines. Each module is one resource; errors are [problems](crate::problem).

pub(crate) mod acts;
pub(crate) mod audit;
pub(crate) mod beside;
pub(crate) mod citations;
pub(crate) mod compare;
pub(crate) mod coverage;
pub(crate) mod documents;
pub(crate) mod handout;
pub(crate) mod linked;
pub(crate) mod pages;
pub(crate) mod people;
pub(crate) mod recognition;
pub(crate) mod review;
pub(crate) mod schedule;
pub(crate) mod search;
pub(crate) mod suggest;
pub(crate) mod upload;
pub(crate) mod verify;
