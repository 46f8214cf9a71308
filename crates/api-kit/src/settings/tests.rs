use super::load::Source;
use super::{Environment, Program, Settings, SettingsError};
use domain::rules::Rules;

const HEX: &str = "9f2ae1c07b5d48e63a1c9d0f84b7265ee1d03c59a7f6482b0d9e71c35ab8f604";
const OTHER_HEX: &str = "03b8f6d1a94e7c250fb3d86aa1e5c9704d2b6f18e7a0c5933bd4f16829ae07c5";

/// The variables of a production machine.
fn production() -> Vec<(&'static str, String)> {
    [
        (
            "PALACE__DATABASE__URL",
            "mysql://palace:pass@10.0.0.5:3306/palace",
        ),
        ("PALACE__WECHAT__APP_ID", "wx1234567890abcdef"),
        (
            "PALACE__WECHAT__APP_SECRET",
            "c2f1a09b7e8d4c5f6a3b2e1d0c9f8a7b",
        ),
        ("PALACE__WECHAT__PAY__MERCHANT_ID", "1230000109"),
        (
            "PALACE__WECHAT__PAY__MERCHANT_SERIAL",
            "5157F09EFDC096DE15EBE81A47057A72",
        ),
        (
            "PALACE__WECHAT__PAY__API_V3_KEY",
            "Zq3xV7tLm9Wc2RkP5sYb8HdJ4gNf6TaE",
        ),
        (
            "PALACE__WECHAT__PAY__PRIVATE_KEY_FILE",
            "/etc/palace/merchant.pem",
        ),
        (
            "PALACE__WECHAT__PAY__PLATFORM_KEY_ID",
            "PUB_KEY_ID_0114232134912410000000000000",
        ),
        (
            "PALACE__WECHAT__PAY__PLATFORM_PUBLIC_KEY_FILE",
            "/etc/palace/platform.pem",
        ),
        (
            "PALACE__WECHAT__PAY__NOTIFY_BASE_URL",
            "https://tickets.example.cn/api/v1",
        ),
        (
            "PALACE__SECRETS__TOKEN_KEY",
            "hG5kT2qN8vXw4RzL7mCb1YpD9sJf3AeU6",
        ),
        (
            "PALACE__SECRETS__DOCUMENT_KEYS",
            "k1:03b8f6d1a94e7c250fb3d86aa1e5c9704d2b6f18e7a0c5933bd4f16829ae07c5",
        ),
        ("PALACE__SECRETS__DOCUMENT_KEY_ID", "k1"),
        ("PALACE__SECRETS__DOCUMENT_HASH_KEY", HEX),
        ("PALACE__SECRETS__TICKET_CODE_KEY", OTHER_HEX),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn load(variables: &[(&'static str, String)]) -> Result<Settings, SettingsError> {
    Settings::load(
        Program::TouristApi,
        &Source::of_variables(variables.to_vec()),
    )
}

/// The names of the settings that are found faulty once `name` is `value`.
fn faults(name: &'static str, value: &str) -> Vec<&'static str> {
    let mut variables = production();
    variables.retain(|(known, _)| *known != name);
    variables.push((name, value.to_owned()));
    match load(&variables) {
        Ok(_) => Vec::new(),
        Err(SettingsError::Invalid(problems)) => problems
            .into_iter()
            .map(|problem| problem.setting)
            .collect(),
        Err(SettingsError::Unreadable(text)) => panic!("{text}"),
    }
}

#[test]
fn production_runs_on_its_variables_alone() {
    let settings = load(&production()).unwrap();
    assert_eq!(settings.environment, Environment::Production);
    assert_eq!(
        (settings.server.port, settings.server.metrics_port),
        (8080, 9080)
    );
    assert!(settings.server.workers >= 1);
    assert_eq!(settings.limits.requests_per_address, Some(600));
    assert_eq!(settings.clock_offset_file, None);
    assert_eq!(settings.secrets.document_keys[0].id, "k1");
}

#[test]
fn the_manual_states_the_rule_book() {
    assert_eq!(load(&production()).unwrap().rules, Rules::default());
}

#[test]
fn each_service_has_its_own_ports() {
    let admin = Settings::load(Program::AdminApi, &Source::of_variables(production())).unwrap();
    assert_eq!((admin.server.port, admin.server.metrics_port), (8081, 9081));
}

#[test]
fn tests_have_settings() {
    let settings = Settings::for_tests().unwrap();
    assert_eq!(settings.environment, Environment::Test);
    assert_eq!(
        (settings.server.port, settings.limits.requests_per_address),
        (0, None)
    );
}

#[test]
fn everything_that_is_missing_is_listed_at_once() {
    let Err(SettingsError::Invalid(problems)) = load(&[]) else {
        panic!("settings without secrets");
    };
    let names: Vec<&str> = problems.iter().map(|problem| problem.setting).collect();
    for name in [
        "database.url",
        "wechat.app_id",
        "wechat.app_secret",
        "wechat.pay.api_v3_key",
        "wechat.pay.private_key_file",
        "wechat.pay.notify_base_url",
        "secrets.token_key",
        "secrets.document_keys",
        "secrets.document_hash_key",
        "secrets.ticket_code_key",
    ] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }
}

#[test]
fn production_refuses_what_belongs_to_development() {
    for (name, value, setting) in [
        (
            "PALACE__CLOCK__OFFSET_FILE",
            "/tmp/offset",
            "clock.offset_file",
        ),
        (
            "PALACE__WECHAT__LOGIN_BASE_URL",
            "http://api.weixin.qq.com",
            "wechat.login_base_url",
        ),
        (
            "PALACE__WECHAT__PAY__BASE_URL",
            "https://127.0.0.1:8090",
            "wechat.pay.base_url",
        ),
        (
            "PALACE__WECHAT__PAY__BASE_URL",
            "https://sandbox.invalid",
            "wechat.pay.base_url",
        ),
        (
            "PALACE__WECHAT__PAY__BASE_URL",
            "https://[::1]:8090",
            "wechat.pay.base_url",
        ),
        (
            "PALACE__WECHAT__PAY__NOTIFY_BASE_URL",
            "http://tickets.example.cn/api/v1",
            "wechat.pay.notify_base_url",
        ),
        (
            "PALACE__WECHAT__APP_ID",
            "wxsandbox0000000001",
            "wechat.app_id",
        ),
        (
            "PALACE__WECHAT__APP_SECRET",
            "sandbox-app-secret-for-tests-only",
            "wechat.app_secret",
        ),
        (
            "PALACE__WECHAT__PAY__API_V3_KEY",
            "sandbox-api-v3-key-for-tests-32c",
            "wechat.pay.api_v3_key",
        ),
        (
            "PALACE__SECRETS__TOKEN_KEY",
            "token-key-that-only-tests-may-use",
            "secrets.token_key",
        ),
        ("PALACE__SECRETS__TOKEN_KEY", "short", "secrets.token_key"),
        (
            "PALACE__SECRETS__TOKEN_KEY",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "secrets.token_key",
        ),
        (
            "PALACE__SECRETS__TOKEN_KEY",
            "please-changeme-before-you-go-live-1",
            "secrets.token_key",
        ),
        (
            "PALACE__SECRETS__TICKET_CODE_KEY",
            "74657374207469636b657420636f6465206b65792c206e6f2073656372657421",
            "secrets.ticket_code_key",
        ),
        (
            "PALACE__SECRETS__DOCUMENT_HASH_KEY",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "secrets.document_hash_key",
        ),
    ] {
        assert_eq!(faults(name, value), [setting], "{name}={value}");
    }
}

#[test]
fn values_out_of_range_are_named() {
    for (name, value, setting) in [
        ("PALACE__SERVER__HOST", "everywhere", "server.host"),
        (
            "PALACE__SERVER__TRUSTED_PROXIES",
            "10.0.0.1, proxy",
            "server.trusted_proxies",
        ),
        (
            "PALACE__SERVER__METRICS_PORT",
            "8080",
            "server.metrics_port",
        ),
        ("PALACE__DATABASE__URL", "postgres://x/y", "database.url"),
        ("PALACE__DATABASE__POOL_SIZE", "0", "database.pool_size"),
        (
            "PALACE__SECRETS__DOCUMENT_KEY_ID",
            "k2",
            "secrets.document_key_id",
        ),
        (
            "PALACE__SECRETS__DOCUMENT_HASH_KEY",
            "abc",
            "secrets.document_hash_key",
        ),
        (
            "PALACE__WECHAT__LOGIN_BASE_URL",
            "ftp://api.weixin.qq.com",
            "wechat.login_base_url",
        ),
        (
            "PALACE__WECHAT__LOGIN_BASE_URL",
            "https://api.weixin.qq.com/",
            "wechat.login_base_url",
        ),
        (
            "PALACE__LIMITS__ORDERS_PER_MINUTE",
            "0",
            "limits.orders_per_minute",
        ),
        (
            "PALACE__RULES__SALES_OPEN_AT",
            "8 pm",
            "rules.sales_open_at",
        ),
        (
            "PALACE__RULES__FEW_LEFT_PERCENT",
            "101",
            "rules.few_left_percent",
        ),
        (
            "PALACE__RULES__MINIMUM_PAYMENT_WINDOW_MINUTES",
            "31",
            "rules.minimum_payment_window_minutes",
        ),
        ("PALACE__JOBS__LEASE_SECONDS", "5", "jobs.lease_seconds"),
        ("PALACE__ENVIRONMENT", "staging", "environment"),
    ] {
        assert_eq!(faults(name, value), [setting], "{name}={value}");
    }
}

#[test]
fn unknown_names_and_wrong_types_are_refused() {
    for (name, value) in [
        ("PALACE__SERVER__PROT", "8080"),
        ("PALACE__PORT", "8080"),
        ("PALACE__SERVER__PORT", "http"),
        ("PALACE__SERVER__PORT", "65536"),
        ("PALACE_ENV", "staging"),
        ("PALACE_ENV", "../production"),
    ] {
        let mut variables = production();
        variables.push((name, value.to_owned()));
        assert!(
            matches!(load(&variables), Err(SettingsError::Unreadable(_))),
            "{name}={value}"
        );
    }
}

#[test]
fn keys_of_digits_alone_stay_texts() {
    let digits = "12345678901234567890123456789012345e7890123456789012345678901234";
    assert_eq!(faults("PALACE__SECRETS__TOKEN_KEY", digits), [""; 0]);
}

#[test]
fn the_sealing_key_comes_first() {
    let mut variables = production();
    variables.retain(|(name, _)| !name.starts_with("PALACE__SECRETS__DOCUMENT_KEY"));
    variables.push((
        "PALACE__SECRETS__DOCUMENT_KEYS",
        format!("old:{HEX},new:{OTHER_HEX}"),
    ));
    variables.push(("PALACE__SECRETS__DOCUMENT_KEY_ID", "new".to_owned()));
    let keys = load(&variables).unwrap().secrets.document_keys;
    assert_eq!([&keys[0].id, &keys[1].id], ["new", "old"]);
}

#[test]
fn a_file_of_the_environment_is_read() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("config")).unwrap();
    let file = directory.path().join("config/production.toml");
    std::fs::write(&file, "[server]\nport = 9999\nworkers = 3\n").unwrap();
    let mut variables = production();
    variables.push(("PALACE__SERVER__WORKERS", "5".to_owned()));
    let source = Source::of_variables(variables).in_directory(directory.path());
    let server = Settings::load(Program::TouristApi, &source).unwrap().server;
    assert_eq!(
        (server.port, server.workers),
        (9999, 5),
        "variables win over the file"
    );
    std::fs::write(&file, "[server]\nprot = 9999\n").unwrap();
    assert!(matches!(
        Settings::load(Program::TouristApi, &source),
        Err(SettingsError::Unreadable(_))
    ));
}

#[test]
fn neither_faults_nor_debug_tell_a_secret() {
    let mut variables = production();
    variables.push(("PALACE__SERVER__HOST", "nowhere".to_owned()));
    let error = load(&variables).unwrap_err().to_string();
    let settings = format!("{:?}", load(&production()).unwrap());
    for (name, value) in production() {
        let secret = name.ends_with("_KEY") || name.ends_with("_KEYS") || name.ends_with("_SECRET");
        if secret {
            assert!(
                !error.contains(&value) && !settings.contains(&value),
                "{name}"
            );
        }
    }
    assert!(!settings.contains("palace:pass"));
}
