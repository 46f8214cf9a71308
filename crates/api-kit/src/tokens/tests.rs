use std::sync::Mutex;

use domain::ports::StoreError;

use super::*;

const KEY: &str = "token-key-that-only-tests-may-use";

struct SetClock(Mutex<DateTime<Utc>>);

impl SetClock {
    fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

fn tokens(audience: Audience, key: &str) -> (Tokens, Arc<SetClock>, Arc<Revocations>) {
    // Years away from the system's time, which must not matter.
    let start = DateTime::from_timestamp(2_000_000_000, 0).unwrap();
    let clock = Arc::new(SetClock(Mutex::new(start)));
    let revocations = Arc::new(Revocations::default());
    let key = SecretString::from(key.to_owned());
    let tokens = Tokens::new(audience, &key, clock.clone(), Arc::clone(&revocations));
    (tokens, clock, revocations)
}

#[test]
fn a_token_is_good_for_two_hours_by_our_clock() {
    let (tokens, clock, _) = tokens(Audience::Tourist, KEY);
    let subject = Uuid::from_u128(7);
    let issued = tokens.issue(subject).unwrap();
    let bearer = tokens.check(&issued.token).unwrap();
    assert_eq!(
        (bearer.subject, bearer.expires_at),
        (subject, issued.expires_at)
    );
    clock.advance(LIFETIME - TimeDelta::microseconds(1));
    assert!(tokens.check(&issued.token).is_ok());
    clock.advance(TimeDelta::microseconds(1));
    assert_eq!(tokens.check(&issued.token), Err(AuthError::Expired));
}

#[test]
fn only_a_well_signed_token_is_told_that_it_expired() {
    let (ours, clock, _) = tokens(Audience::Tourist, KEY);
    let (forger, _, _) = tokens(Audience::Tourist, "another-key-of-at-least-32-bytes!");
    let (staff, _, _) = tokens(Audience::Staff, KEY);
    let forged = forger.issue(Uuid::nil()).unwrap().token;
    let for_staff = staff.issue(Uuid::nil()).unwrap().token;
    clock.advance(TimeDelta::hours(3));
    for token in [forged.as_str(), for_staff.as_str(), "", "a.b.c", "x"] {
        assert_eq!(ours.check(token), Err(AuthError::Required), "{token}");
    }
}

#[test]
fn a_token_without_a_signature_is_not_ours() {
    use base64::Engine as _;
    let (tokens, _, _) = tokens(Audience::Tourist, KEY);
    let issued = tokens.issue(Uuid::nil()).unwrap().token;
    let claims = issued.split('.').nth(1).unwrap();
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = engine.encode(r#"{"alg":"none","typ":"JWT"}"#);
    for token in [format!("{header}.{claims}."), format!("{header}.{claims}")] {
        assert_eq!(tokens.check(&token), Err(AuthError::Required));
    }
}

#[test]
fn a_revoked_token_is_refused_at_once_and_after_each_refresh() {
    let (tokens, _, revocations) = tokens(Audience::Tourist, KEY);
    let issued = tokens.issue(Uuid::nil()).unwrap();
    let bearer = tokens.check(&issued.token).unwrap();
    // The list is read just before the logout is stored: it must not win over the logout.
    revocations
        .refresh(|| {
            tokens.forget(&bearer);
            Ok(Vec::new())
        })
        .unwrap();
    assert_eq!(tokens.check(&issued.token), Err(AuthError::Required));
    revocations
        .refresh(|| Ok(vec![bearer.token_id.clone()]))
        .unwrap();
    assert_eq!(tokens.check(&issued.token), Err(AuthError::Required));
    let failed = revocations.refresh(|| Err(StoreError::Unavailable));
    assert!(failed.is_err());
    assert_eq!(
        tokens.check(&issued.token),
        Err(AuthError::Required),
        "the list stays"
    );
}

#[test]
fn what_other_processes_revoked_arrives_with_the_list() {
    let (tokens, _, revocations) = tokens(Audience::Tourist, KEY);
    let issued = tokens.issue(Uuid::nil()).unwrap();
    let bearer = tokens.check(&issued.token).unwrap();
    revocations
        .refresh(|| Ok(vec![bearer.token_id.clone()]))
        .unwrap();
    assert_eq!(tokens.check(&issued.token), Err(AuthError::Required));
}
