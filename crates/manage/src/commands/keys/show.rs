//! `manage keys show`.

use std::collections::BTreeSet;

use domain::key_rotation::{KeyRing, KeyUse};
use domain::ports::UnitOfWork;

use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

pub(super) fn run() -> Result<(), Failure> {
    let house = House::open_under_any_hash_key(1)?;
    let ring = assembly::key_ring(&house.settings.secrets)?;
    show_hash_key(&house, &*ring)?;
    output::line(&format!(
        "sealing keys configured: {}; {} seals",
        configured(&house).join(", "),
        ring.newest_key()
    ));
    let unit_of_work = house.unit_of_work();
    let unit_of_work: &dyn UnitOfWork = &unit_of_work;
    let uses = unit_of_work.run(|stores| stores.sealed_rows().key_uses())?;
    tell_uses(&house, &*ring, &uses)
}

fn show_hash_key(house: &House, ring: &dyn KeyRing) -> Result<(), Failure> {
    let unit_of_work = house.unit_of_work();
    let unit_of_work: &dyn UnitOfWork = &unit_of_work;
    let stored = unit_of_work.run(|stores| stores.document_hashes().hash_keys())?;
    let configured = ring.hash_key_id();
    output::line(&match stored {
        None => format!("hash key: {configured} configured, nothing stored yet"),
        Some(keys) => match keys.next {
            None => format!("hash key: {configured} configured, {} stored", keys.current),
            Some(next) => format!(
                "hash key: a change from {} to {next} is NOT FINISHED: run `manage keys rehash`",
                keys.current
            ),
        },
    });
    Ok(())
}

fn configured(house: &House) -> Vec<String> {
    let keys = house.settings.secrets.document_keys.iter();
    keys.map(|key| key.id.clone()).collect()
}

/// Says how many rows need which key, and which keys nobody needs any more.
///
/// # Errors
/// If a key is needed that is not configured.
pub(super) fn tell_uses(house: &House, ring: &dyn KeyRing, uses: &[KeyUse]) -> Result<(), Failure> {
    let headings = ["table", "key", "rows"].map(str::to_owned);
    let rows = uses.iter().map(|one| {
        let name = one.table.name().to_owned();
        [name, one.key_id.clone(), one.rows.to_string()]
    });
    let table: Vec<[String; 3]> = std::iter::once(headings).chain(rows).collect();
    output::raw(&aligned(&table));
    let used: BTreeSet<&str> = uses.iter().map(|one| one.key_id.as_str()).collect();
    for key in configured(house) {
        if key != ring.newest_key() && !used.contains(key.as_str()) {
            output::line(&format!("No row needs {key}: it may be taken out."));
        }
    }
    let missing: Vec<&str> = used.into_iter().filter(|key| !ring.has_key(key)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "rows need keys that are not configured: {}",
        missing.join(", ")
    )))
}
