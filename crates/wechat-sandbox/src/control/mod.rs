//! What WeChat does not have: the person's hand, mishaps on demand, and a look into the books.

pub(crate) mod books;
pub(crate) mod faults;
pub(crate) mod forge;
pub(crate) mod page;
pub(crate) mod pay;
mod refusal;
