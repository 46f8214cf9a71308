use super::load::Source;
use super::{Environment, MailSecurity, Program, Settings, SettingsError};
use domain::message_parts::MessagePart;
use domain::outbox::MessageKind;
use domain::rules::Rules;

const HEX: &str = "9f2ae1c07b5d48e63a1c9d0f84b7265ee1d03c59a7f6482b0d9e71c35ab8f604";
const OTHER_HEX: &str = "03b8f6d1a94e7c250fb3d86aa1e5c9704d2b6f18e7a0c5933bd4f16829ae07c5";

const SEALING_HEX: &str = "7d41f0c8be935a26e1904fd7283bc65ae80f19d3674b2ca5f5137e9a0dc8b264";
const OLD_HEX: &str = "c61b8e2f7a09d45336f8e1b70a9c2d54418e7fb3d2069ac5eb57138f4c60d29a";

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
            "k1:7d41f0c8be935a26e1904fd7283bc65ae80f19d3674b2ca5f5137e9a0dc8b264",
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
            "https://api.mch.weixin.qq.com.example.cn",
            "wechat.pay.base_url",
        ),
        (
            "PALACE__WECHAT__LOGIN_BASE_URL",
            "https://api.mch.weixin.qq.com",
            "wechat.login_base_url",
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
            "PALACE__WECHAT__PAY__MERCHANT_ID",
            "1900000001",
            "wechat.pay.merchant_id",
        ),
        (
            "PALACE__WECHAT__PAY__PLATFORM_KEY_ID",
            "PUB_KEY_ID_0000000001",
            "wechat.pay.platform_key_id",
        ),
        (
            "PALACE__DATABASE__URL",
            "mysql://palace@10.0.0.5:3306/palace",
            "database.url",
        ),
        (
            "PALACE__DATABASE__URL",
            "mysql://palace:@10.0.0.5:3306/palace",
            "database.url",
        ),
        ("PALACE__ENVIRONMENT", "development", "environment"),
        (
            "PALACE__SECRETS__TOKEN_KEY",
            "Token-Key-That-Only-Tests-May-Use",
            "secrets.token_key",
        ),
        (
            "PALACE__SECRETS__TOKEN_KEY",
            "746F6B656E2D6B65792D746861742D6F6E6C792D74657374732D6D61792D757365",
            "secrets.token_key",
        ),
        (
            "PALACE__SECRETS__TICKET_CODE_KEY",
            "74657374207469636B657420636F6465206B65792C206E6F2073656372657421",
            "secrets.ticket_code_key",
        ),
        (
            "PALACE__SECRETS__TICKET_CODE_KEY",
            HEX,
            "secrets.ticket_code_key",
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
fn production_is_notified_at_a_public_host_only() {
    const NAME: &str = "PALACE__WECHAT__PAY__NOTIFY_BASE_URL";
    for host in [
        "localhost",
        "localhost.",
        "tickets",
        "tickets.local",
        "tickets.internal.",
        "127.0.0.1",
        "127.1",
        "0x7f000001",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[fd00::1]",
        "[fe80::1]",
        "wechat-sandbox.example.cn",
    ] {
        let found = faults(NAME, &format!("https://{host}/api/v1"));
        assert_eq!(found, ["wechat.pay.notify_base_url"], "{host}");
    }
    for host in ["tickets.example.cn", "tickets.example.cn:8443", "1.2.4.8"] {
        assert_eq!(
            faults(NAME, &format!("https://{host}/api/v1")),
            [""; 0],
            "{host}"
        );
    }
}

#[test]
fn two_keys_that_seal_are_not_the_same() {
    let twice = format!("k1:{SEALING_HEX},k2:{}", SEALING_HEX.to_uppercase());
    let found = faults("PALACE__SECRETS__DOCUMENT_KEYS", &twice);
    assert_eq!(found, ["secrets.document_keys"]);
}

#[test]
fn the_kind_of_machine_is_chosen_by_one_variable() {
    for (chosen, said) in [
        ("test", "production"),
        ("development", "test"),
        ("test", "development"),
    ] {
        let variables = [
            ("PALACE_ENV", chosen.to_owned()),
            ("PALACE__ENVIRONMENT", said.to_owned()),
        ];
        let error = load(&variables).unwrap_err().to_string();
        assert!(
            error.contains("  environment: "),
            "{chosen}, {said}: {error}"
        );
    }
}

#[test]
fn values_out_of_range_are_named() {
    for (name, value, setting) in [
        ("PALACE__SERVER__HOST", "everywhere", "server.host"),
        ("PALACE__SERVER__METRICS_HOST", "", "server.metrics_host"),
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
        ("PALACE__ORDER_DESK__WRITERS", "0", "order_desk.writers"),
        // With the one of payments as many as there are connections.
        ("PALACE__ORDER_DESK__WRITERS", "15", "order_desk.writers"),
        ("PALACE__PAYMENT_DESK__WRITERS", "0", "payment_desk.writers"),
        (
            "PALACE__PAYMENT_DESK__GROUP_SIZE",
            "257",
            "payment_desk.group_size",
        ),
        (
            "PALACE__PAYMENT_DESK__QUEUE_LENGTH",
            "0",
            "payment_desk.queue_length",
        ),
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
        (
            "PALACE__RULES__REMIND_VISITORS_AT",
            "ten",
            "rules.remind_visitors_at",
        ),
        ("PALACE__WECHAT__ORDER_PAGE", "/a?b", "wechat.order_page"),
        ("PALACE__JOBS__LEASE_SECONDS", "5", "jobs.lease_seconds"),
        ("PALACE__ENVIRONMENT", "staging", "environment"),
    ] {
        assert_eq!(faults(name, value), [setting], "{name}={value}");
    }
}

#[test]
fn kinds_without_a_template_are_left_out_and_the_others_are_checked() {
    let templates = |changes: &[(&'static str, &str)]| {
        let mut variables = production();
        let changes = changes.iter();
        variables.extend(changes.map(|(name, value)| (*name, (*value).to_owned())));
        load(&variables).map(|settings| settings.wechat.templates)
    };
    assert_eq!(templates(&[]), Ok(vec![]));
    let id = ("PALACE__WECHAT__TEMPLATES__BANNED__ID", "yz6Yp0");
    let set = templates(&[id]).unwrap();
    let [(MessageKind::Banned, template)] = &set[..] else {
        panic!("{set:?}");
    };
    assert_eq!(template.id, "yz6Yp0");
    assert_eq!(template.fields[&MessagePart::BannedUntil], "date3");
    let left_out = ("PALACE__WECHAT__TEMPLATES__BANNED__FIELDS__NOTE", "");
    let set = templates(&[id, left_out]).unwrap();
    assert!(!set[0].1.fields.contains_key(&MessagePart::Note));
    for (name, value) in [
        (
            "PALACE__WECHAT__TEMPLATES__BANNED__FIELDS__AMOUNT",
            "amount5",
        ),
        ("PALACE__WECHAT__TEMPLATES__BANNED__FIELDS__LOVE", "thing5"),
        ("PALACE__WECHAT__TEMPLATES__BANNED__ID", "sandbox-banned"),
    ] {
        let refused = templates(&[id, (name, value)]).unwrap_err().to_string();
        assert!(refused.contains("wechat.templates.banned: "), "{refused}");
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
    let digits = "31415926535897932384626433832795028841e7169399375105820974944592";
    assert_eq!(faults("PALACE__SECRETS__TOKEN_KEY", digits), [""; 0]);
}

#[test]
fn the_sealing_key_comes_first() {
    let mut variables = production();
    variables.retain(|(name, _)| !name.starts_with("PALACE__SECRETS__DOCUMENT_KEY"));
    variables.push((
        "PALACE__SECRETS__DOCUMENT_KEYS",
        format!("old:{OLD_HEX},new:{SEALING_HEX}"),
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

/// Loads with `text` as the file of `environment`.
fn load_file(environment: &str, text: &str) -> Result<Settings, SettingsError> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("config")).unwrap();
    let file = directory.path().join(format!("config/{environment}.toml"));
    std::fs::write(&file, text).unwrap();
    let mut variables = production();
    variables.push(("PALACE_ENV", environment.to_owned()));
    let source = Source::of_variables(variables).in_directory(directory.path());
    Settings::load(Program::TouristApi, &source)
}

#[test]
fn secrets_stand_in_no_file_but_that_of_tests() {
    let text = |environment: &str| {
        format!("environment = \"{environment}\"\n[wechat.pay]\napi_v3_key = \"{HEX}\"\n")
    };
    for environment in ["production", "development"] {
        let error = load_file(environment, &text(environment)).unwrap_err();
        let SettingsError::Invalid(problems) = &error else {
            panic!("{error}");
        };
        assert_eq!(problems[0].setting, "wechat.pay.api_v3_key");
        assert!(!error.to_string().contains(HEX));
    }
    assert!(load_file("test", &text("test")).is_ok());
}

#[test]
fn a_file_that_cannot_be_read_is_told_by_place_alone() {
    let error = load_file(
        "production",
        "[server]\nport = 1\n[secrets]\ntoken_key = hunter2hunter2\n",
    );
    let told = error.unwrap_err().to_string();
    assert!(
        told.contains("production.toml: ") && told.contains("line 4, column 13"),
        "{told}"
    );
    assert!(!told.contains("hunter2"), "{told}");
    for text in [
        "rules = \"hunter2\"",
        "[server]\nport = \"hunter2\"",
        "hunter2 = 1\nhunter2 = 2",
    ] {
        let told = load_file("production", text).unwrap_err().to_string();
        assert!(!told.contains("hunter2"), "{told}");
    }
    let told = load_file("production", "[server]\nport = \"http\"")
        .unwrap_err()
        .to_string();
    assert!(told.contains("server.port"), "{told}");
}

/// Production with a mail server, but for `name`, which is `value`.
fn with_mail(name: &'static str, value: &str) -> Result<Settings, SettingsError> {
    let mail = [
        ("PALACE__MAIL__HOST", "smtp.example.cn"),
        ("PALACE__MAIL__USERNAME", "tickets"),
        ("PALACE__MAIL__PASSWORD", "hush-hush"),
        ("PALACE__MAIL__FROM", "tickets@example.cn"),
    ];
    let mut variables = production();
    variables.extend(mail.map(|(name, value)| (name, value.to_owned())));
    variables.retain(|(known, _)| *known != name);
    variables.push((name, value.to_owned()));
    load(&variables)
}

#[test]
fn there_is_a_mail_server_if_one_is_named() {
    assert!(load(&production()).unwrap().mail.is_none());
    assert!(with_mail("PALACE__MAIL__HOST", " ").unwrap().mail.is_none());
    let mail = with_mail("PALACE__MAIL__PORT", "587")
        .unwrap()
        .mail
        .unwrap();
    assert_eq!((mail.host.as_str(), mail.port), ("smtp.example.cn", 587));
    assert_eq!(mail.security, MailSecurity::Tls);
    assert_eq!(mail.from.as_str(), "tickets@example.cn");
    assert_eq!(mail.credentials.unwrap().0, "tickets");
    assert!(!format!("{:?}", with_mail("PALACE__MAIL__PORT", "587")).contains("hush-hush"));
}

#[test]
fn a_mail_server_that_cannot_be_used_is_named() {
    for (name, value, setting) in [
        ("PALACE__MAIL__PORT", "0", "mail.port"),
        ("PALACE__MAIL__SECURITY", "ssl", "mail.security"),
        ("PALACE__MAIL__SECURITY", "none", "mail.security"),
        ("PALACE__MAIL__USERNAME", "", "mail.password"),
        ("PALACE__MAIL__PASSWORD", "", "mail.password"),
        ("PALACE__MAIL__FROM", "tickets", "mail.from"),
        (
            "PALACE__MAIL__FROM",
            "a@example.cn\r\nBcc: b@example.cn",
            "mail.from",
        ),
        ("PALACE__MAIL__FROM_NAME", "a\r\nb", "mail.from_name"),
    ] {
        let Err(SettingsError::Invalid(problems)) = with_mail(name, value) else {
            panic!("{name} {value}");
        };
        let named: Vec<_> = problems.iter().map(|problem| problem.setting).collect();
        assert_eq!(named, [setting], "{name} {value}");
    }
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
