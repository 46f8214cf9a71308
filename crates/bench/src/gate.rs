//! A gate, and what it asks.

use domain::calendar::{DayState, Hours, OpeningDay};
use domain::gate::{GateKey, GateName};
use domain::id::GateId;
use domain::rules::Rules;
use domain::session::SessionCode;
use domain::use_cases::gates::add_gate;
use domain::use_cases::open_days::set_day;
use domain::use_cases::open_quotas::{TemplateLine, open_quotas};
use domain::venue::VenueCode;
use serde_json::json;
use uuid::Uuid;

use crate::context::{Bench, today};
use crate::days::PLENTY;
use crate::failure::{Context as _, Failure};
use crate::load::requests::{Request, post};
use crate::orders::HOT_SESSION;

/// The venue that every ticket admits to, and its main gate stands at.
const PALACE: &str = "palace";

impl Bench {
    /// A new gate at the palace.
    pub(crate) fn add_gate(&self) -> Result<GateKey, Failure> {
        let id = GateId::new(Uuid::new_v4());
        let name = GateName::parse(&format!("Bench {id}")).context("naming a gate")?;
        let (secrets, now) = (assembly::gate_secrets(), self.clock().now());
        let venue = VenueCode::parse(PALACE).context("a venue")?;
        add_gate(&*self.unit_of_work(), &*secrets, id, name, venue, now).context("adding a gate")
    }

    /// Opens today, for visitors who have their tickets since yesterday.
    pub(crate) fn open_today(&self) -> Result<(), Failure> {
        let (unit_of_work, now) = (self.unit_of_work(), self.clock().now());
        let hours = Hours::of_season(today().season());
        let day = OpeningDay::new(today(), DayState::Open, hours, None);
        set_day(&*unit_of_work, &Rules::default(), &day, now).context("opening today")?;
        let line = TemplateLine {
            session: SessionCode::parse(HOT_SESSION).context("a session")?,
            venue: VenueCode::parse(PALACE).context("a venue")?,
            capacity: PLENTY,
        };
        open_quotas(&*unit_of_work, today(), &[line]).context("opening today's quotas")?;
        Ok(())
    }
}

/// The bytes of a check-in by ID card.
pub(crate) fn check_in(key: &GateKey, card: &str) -> Request {
    let headers = format!(
        "Authorization: Gate {}\r\nIdempotency-Key: {}\r\n",
        key.expose(),
        Uuid::new_v4()
    );
    let body = json!({ "document_type": "id_card", "document_number": card });
    post("/api/v1/check-ins", &headers, &body.to_string())
}
