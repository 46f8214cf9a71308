//! The ticket, quota and order rules of the museum.
//!
//! Pure: no I/O, no clock, no randomness, no serialisation, no async. What the rules need from
//! outside comes through the traits in [`ports`]; with the feature `testing` the module `testing`
//! brings in-memory implementations of all of them.
//!
//! # Testing against the domain
//!
//! No database is needed. The feature `testing`, as a development dependency, brings a museum
//! with a store in memory that keeps the same promises as MySQL: it passes the same contract
//! suite, rolls back for real, and holds the unique keys.
//!
//! ```
//! use domain::id::{BodyDigest, RequestKey};
//! use domain::ports::{CalendarQueries, StoreError};
//! use domain::testing::{Fault, Museum, phone, session};
//! use domain::use_cases::order_request::{
//!     OrderDraft, StatedPerson, VisitorDraft, Who, prepare_order,
//! };
//! use domain::use_cases::place_orders::{Placed, place_orders};
//!
//! // Two places in each session and venue, six days ahead of the museum's clock.
//! let (museum, store) = Museum::in_memory();
//! museum.open(museum.day(), 2);
//!
//! let adult = museum.adult();
//! let draft = OrderDraft {
//!     account: museum.account().id,
//!     date: museum.day(),
//!     session: session("morning"),
//!     phone: phone(),
//!     visitors: vec![VisitorDraft {
//!         who: Who::Stated(StatedPerson {
//!             name: adult.name.as_str().to_owned(),
//!             document_type: adult.document.kind(),
//!             document_number: adult.document.number().to_owned(),
//!             nationality: None,
//!             birth_date: None,
//!         }),
//!         category: adult.category_on(museum.day()),
//!         add_ons: [].into(),
//!     }],
//!     request_key: RequestKey::of_id(museum.next_id()),
//!     body_digest: BodyDigest([0; 32]),
//!     received_at: museum.now(),
//! };
//! let request = prepare_order(&*store, &museum.cipher, &museum.ids, draft).unwrap();
//! let place = || place_orders(museum.unit_of_work(), &museum.rules, &[request.clone()]);
//!
//! // The commit succeeds, but its answer is lost. Asked again, the order is found, not doubled.
//! store.inject(Fault::LoseAnswer, 1);
//! assert_eq!(place(), Err(StoreError::Unknown));
//! assert!(matches!(place().unwrap()[..], [Placed::Created(_)]));
//!
//! let quotas = store.quotas(museum.day(), museum.day()).unwrap();
//! assert_eq!(quotas.iter().map(|quota| quota.taken()).sum::<u32>(), 1);
//! ```
//!
//! `testing::contract` tells how another store is held to the contract.

pub mod clock;
pub mod id;
pub mod ports;
pub mod rules;
pub mod sealed;

mod coded;

// Nouns, one file each, with their parsers and rules.
pub mod account;
pub mod annual_pass;
pub mod calendar;
pub mod category;
pub mod check_in;
pub mod closing;
pub mod companions;
pub mod content;
pub mod delivery;
pub mod email;
pub mod gate;
pub mod holiday;
pub mod identity;
pub mod invoice;
pub mod key_rotation;
pub mod ledger;
pub mod mail;
pub mod message_parts;
pub mod money;
pub mod no_show;
pub mod order;
pub mod outbox;
pub mod payment;
pub mod person_name;
pub mod phone;
pub mod quota;
pub mod reconcile;
pub mod refund;
pub mod refusal;
pub mod rehashing;
pub mod request_digest;
pub mod season;
pub mod session;
pub mod text;
pub mod ticket_code;
pub mod ticket_type;
pub mod use_cases;
pub mod venue;
pub mod visit_date;

#[cfg(feature = "testing")]
pub mod testing;
