//! The stand-in for WeChat's servers, as a program.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use gateways::clock::SystemClock;
use wechat_sandbox::{DEFAULT_APP_ID, DEFAULT_MCH_ID, Sandbox, Settings, StartError};

/// 微信沙箱：在开发和测试中代替微信服务器。Stands in for WeChat's servers in development.
#[derive(Parser)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// Directory of the RSA keys, made if missing.
    #[arg(long)]
    key_dir: PathBuf,
    /// Directory of ledger.jsonl; the key directory if not given.
    #[arg(long)]
    state_dir: Option<PathBuf>,
    /// File with the development clock's offset in milliseconds.
    #[arg(long)]
    clock_offset_file: Option<PathBuf>,
    /// Scales WeChat's waiting times.
    #[arg(long, default_value_t = 1.0)]
    retry_factor: f64,
    /// Threads that answer requests.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// The mini-program's id.
    #[arg(long, default_value = DEFAULT_APP_ID)]
    app_id: String,
    /// The merchant's number.
    #[arg(long, default_value = DEFAULT_MCH_ID)]
    mch_id: String,
    /// The mini-program's secret; better by environment, which no process list shows.
    #[arg(long, env = "PALACE__WECHAT__APP_SECRET", hide_env_values = true)]
    app_secret: String,
    /// The key of notifications, 32 characters; by environment as well.
    #[arg(long, env = "PALACE__WECHAT__PAY__API_V3_KEY", hide_env_values = true)]
    api_v3_key: String,
}

impl From<Arguments> for Settings {
    fn from(arguments: Arguments) -> Self {
        let clock = match arguments.clock_offset_file {
            Some(file) => SystemClock::with_offset_file(file),
            None => SystemClock::system(),
        };
        Self {
            bind: SocketAddr::new(arguments.host, arguments.port),
            workers: arguments.workers,
            app_id: arguments.app_id,
            app_secret: arguments.app_secret,
            mch_id: arguments.mch_id,
            api_v3_key: arguments.api_v3_key,
            state_dir: Some(arguments.state_dir.unwrap_or(arguments.key_dir.clone())),
            key_dir: Some(arguments.key_dir),
            retry_factor: arguments.retry_factor,
            clock: Arc::new(clock),
        }
    }
}

fn main() -> Result<(), StartError> {
    env_logger::Builder::from_env(
        env_logger::Env::default().default_filter_or("info,actix_server=warn"),
    )
    .init();
    let sandbox = Sandbox::start(Arguments::parse().into())?;
    log::info!(
        "微信沙箱已启动 (the WeChat sandbox serves) {}",
        sandbox.base_url()
    );
    sandbox.wait();
    Ok(())
}
