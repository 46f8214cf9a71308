use std::fs;
use std::path::Path;

/// Only `startup` knows where the ports lead to.
#[test]
fn no_other_file_names_what_lies_below_the_ports() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&source, &mut files);
    assert!(files.len() > 15, "{files:?}");
    for path in files {
        let text = fs::read_to_string(source.join(&path)).unwrap();
        for below in ["assembly", "persistence", "gateways", "diesel"] {
            let named = text.lines().any(|line| {
                let code = line.trim_start();
                !code.starts_with("//") && code.contains(&format!("{below}::"))
            });
            assert!(!named || path == "startup.rs", "{path} names {below}");
        }
    }
}

fn collect(directory: &Path, files: &mut Vec<String>) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let relative = path.strip_prefix(&source).unwrap();
            files.push(relative.to_str().unwrap().to_owned());
        }
    }
}
