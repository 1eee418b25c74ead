//! A tab of a headless browser: what the tests do in it, in plain calls.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::common::capabilities::desiredcapabilities::PageLoadStrategy;
use thirtyfour::{By, CapabilitiesHelper as _, ChromiumLikeCapabilities as _, DesiredCapabilities};
use thirtyfour::{LoggingPrefsLogLevel, WebDriver};
use tokio::runtime::Runtime;

/// How long a condition may take to come true. Nothing is measured by it: a slow machine is only slow.
const PATIENCE: Duration = Duration::from_secs(90);

/// The driver's process, ended with the tests.
pub struct Driver {
    process: Child,
    url: String,
    /// Where the browsers have their temporary files: they do not clean up when they are closed.
    files: PathBuf,
}

impl Driver {
    /// Starts the driver on a free port.
    pub fn start() -> Self {
        let program = std::env::var("ENTROSCOPE_CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".into());
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port();
        let files = std::env::temp_dir().join(format!("entroscope-tests-{port}"));
        std::fs::create_dir_all(&files).expect("a folder for temporary files");
        let process = Command::new(&program)
            .arg(format!("--port={port}"))
            .env("TMPDIR", &files)
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program}: {error}"));
        Self { process, url: format!("http://127.0.0.1:{port}"), files }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself: there is nothing left to do then.
        let _ = self.process.kill();
        let _ = self.process.wait();
        // What cannot be removed lies among the temporary files.
        let _ = std::fs::remove_dir_all(&self.files);
    }
}

/// A browser of its own, with one tab, closed when dropped.
pub struct Tab {
    runtime: Runtime,
    driver: Option<WebDriver>,
}

impl Tab {
    /// A new browser with an empty profile; with `gpu` it has WebGPU in software, without it none.
    pub fn open(driver: &Driver, gpu: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let mut capabilities = DesiredCapabilities::chrome();
        let mut arguments = vec![
            "--headless",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-device-scale-factor=1",
            "--window-size=1440,900",
            // The page must do with its own host: there is no other.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        ];
        arguments.push(if gpu { "--enable-unsafe-webgpu" } else { "--disable-gpu" });
        // Inside a container the browser's own sandbox has nothing to stand on.
        if cfg!(target_os = "linux") {
            arguments.push("--no-sandbox");
        }
        for argument in arguments {
            capabilities.add_arg(argument).expect("an argument");
        }
        if let Ok(program) = std::env::var("ENTROSCOPE_CHROMIUM") {
            capabilities.set_binary(&program).expect("a program");
        }
        capabilities.set_browser_log_level(LoggingPrefsLogLevel::Severe).expect("a level");
        // A page that a test leaves loading must not hold up the next one.
        capabilities.set_page_load_strategy(PageLoadStrategy::None).expect("a strategy");
        let started = Instant::now();
        let browser = loop {
            match runtime.block_on(WebDriver::new(&driver.url, capabilities.clone())) {
                Ok(browser) => break browser,
                Err(error) if started.elapsed() > PATIENCE => panic!("no browser: {error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        };
        Self { runtime, driver: Some(browser) }
    }

    fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("there until it is dropped")
    }

    /// Opens an address, in a new document even where only the fragment differs.
    #[track_caller]
    pub fn go(&self, url: &str) {
        self.runtime.block_on(self.driver().goto("about:blank")).expect("an empty page");
        self.wait("the empty page", "location.href === 'about:blank'");
        self.runtime.block_on(self.driver().goto(url)).unwrap_or_else(|error| panic!("{url}: {error}"));
        self.wait("the new page", "location.href !== 'about:blank' && document.readyState !== 'loading'");
    }

    /// Opens an address and waits until its run is computed and drawn.
    #[track_caller]
    pub fn open_done(&self, url: &str) {
        self.go(url);
        self.done();
    }

    /// Waits until the run is computed and drawn.
    #[track_caller]
    pub fn done(&self) {
        self.wait("the run", "document.body?.dataset.state === 'done'");
        self.frames();
    }

    /// Waits for two frames: what was changed is drawn then.
    pub fn frames(&self) {
        let script = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)));";
        self.runtime.block_on(self.driver().execute_async(script, Vec::new())).expect("two frames");
    }

    /// The value of a JavaScript expression.
    #[track_caller]
    pub fn js<T: DeserializeOwned>(&self, expression: &str) -> T {
        let script = format!("return ({expression});");
        let result = self.runtime.block_on(self.driver().execute(script.as_str(), Vec::new()));
        let value = result.unwrap_or_else(|error| panic!("{expression}: {error}")).json().clone();
        serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{expression} gave {value}: {error}"))
    }

    /// Runs JavaScript statements.
    #[track_caller]
    pub fn run(&self, statements: &str) {
        let result = self.runtime.block_on(self.driver().execute(statements, Vec::new()));
        result.unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// Waits until a JavaScript expression is true.
    #[track_caller]
    pub fn wait(&self, what: &str, expression: &str) {
        let script = format!("return Boolean({expression});");
        let started = Instant::now();
        loop {
            // While one document gives way to the next, there is nothing to ask.
            let now = self.runtime.block_on(self.driver().execute(script.as_str(), Vec::new()));
            if now.is_ok_and(|value| value.json() == &Value::Bool(true)) {
                return;
            }
            if started.elapsed() > PATIENCE {
                let state: Value = self.js(
                    "[location.href, document.body?.dataset.state, document.querySelector('#notices')?.innerText, \
                     globalThis.entroscope?.lastError]",
                );
                panic!("waited in vain for {what}: {expression}; the page says {state}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The text of an element, shown or not.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        self.js(&format!("document.querySelector({}).textContent", json!(selector)))
    }

    /// How many elements a selector finds.
    #[track_caller]
    pub fn count(&self, selector: &str) -> usize {
        self.js(&format!("document.querySelectorAll({}).length", json!(selector)))
    }

    /// What the canvas of a figure shows, as a number that another picture does not have.
    #[track_caller]
    pub fn picture(&self, slug: &str) -> f64 {
        self.js(&format!(
            "[...document.querySelector('#figure-{slug} canvas').toDataURL()]
                .reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 281474976710597, 7)"
        ))
    }

    /// Puts the keyboard's focus on an element.
    #[track_caller]
    pub fn focus(&self, selector: &str) {
        self.run(&format!("document.querySelector({}).focus();", json!(selector)));
    }

    /// Clicks on an element, found by its selector.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        assert!(self.count(selector) > 0, "there is no {selector}");
        self.run(&format!("document.querySelector({}).scrollIntoView({{ block: 'center' }});", json!(selector)));
        let click = async { self.driver().find(By::Css(selector)).await?.click().await };
        self.runtime.block_on(click).unwrap_or_else(|error| panic!("click on {selector}: {error}"));
        self.frames();
    }

    /// Replaces what stands in a field by what a keyboard types, and leaves it by Enter.
    #[track_caller]
    pub fn type_into(&self, selector: &str, text: &str) {
        self.focus(selector);
        self.run("document.activeElement.select();");
        self.cdp("Input.insertText", json!({ "text": text }));
        self.press("Enter");
    }

    /// Presses a key by its name ("ArrowRight", "?", " ") where the focus is, and waits until that shows.
    pub fn press(&self, key: &str) {
        self.key(key);
        self.frames();
    }

    /// Presses a key by its name where the focus is.
    pub fn key(&self, key: &str) {
        let letter = Some(key).filter(|key| key.chars().count() == 1).and_then(|key| key.chars().next());
        let (code, number) = match (key, letter) {
            (" ", _) => ("Space".into(), 32),
            (_, Some(letter)) if letter.is_ascii_alphabetic() => {
                (format!("Key{}", letter.to_ascii_uppercase()), letter.to_ascii_uppercase() as u32)
            }
            (_, Some(letter)) if letter.is_ascii_digit() => (format!("Digit{letter}"), letter as u32),
            ("Tab", _) => (key.into(), 9),
            ("Enter", _) => (key.into(), 13),
            ("Escape", _) => (key.into(), 27),
            ("End", _) => (key.into(), 35),
            ("Home", _) => (key.into(), 36),
            ("ArrowLeft", _) => (key.into(), 37),
            ("ArrowUp", _) => (key.into(), 38),
            ("ArrowRight", _) => (key.into(), 39),
            ("ArrowDown", _) => (key.into(), 40),
            (_, Some(_)) => (String::new(), 0),
            (other, None) => panic!("{other} is no key that this test bench has"),
        };
        let text = if key == "Enter" { "\r" } else { letter.map_or("", |_| key) };
        let kind = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        let event = json!({ "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number, "text": text });
        self.cdp("Input.dispatchKeyEvent", event);
        let event = json!({ "type": "keyUp", "key": key, "code": code, "windowsVirtualKeyCode": number });
        self.cdp("Input.dispatchKeyEvent", event);
    }

    /// Moves ("mouseMoved"), presses ("mousePressed") or releases ("mouseReleased") the mouse at a place of the window.
    pub fn mouse(&self, kind: &str, (x, y): (f64, f64), held: bool) {
        let button = if held || kind != "mouseMoved" { "left" } else { "none" };
        let buttons = i32::from(held || kind == "mousePressed");
        let event = json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
        self.cdp("Input.dispatchMouseEvent", event);
        self.frames();
    }

    /// The middle of an element in the window, which is scrolled to it.
    #[track_caller]
    pub fn middle(&self, selector: &str) -> (f64, f64) {
        self.run(&format!("document.querySelector({}).scrollIntoView({{ block: 'center' }});", json!(selector)));
        self.frames();
        self.js(&format!(
            "(({{ x, y, width, height }}) => [x + width / 2, y + height / 2])(document.querySelector({}).getBoundingClientRect())",
            json!(selector)
        ))
    }

    /// The window's size, and whether it is a phone's, which also has fingers in place of a mouse.
    pub fn size(&self, width: u32, height: u32, phone: bool) {
        self.cdp(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone }),
        );
        self.cdp("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone }));
    }

    /// What the system prefers: ("prefers-color-scheme", "dark").
    pub fn prefer(&self, feature: &str, value: &str) {
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": [{ "name": feature, "value": value }] }));
    }

    /// A command of the browser's own protocol.
    #[track_caller]
    pub fn cdp(&self, method: &str, parameters: Value) -> Value {
        let sent = self.runtime.block_on(self.driver().cdp().send_raw(method, parameters));
        sent.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Errors on the console since the last call.
    pub fn errors(&self) -> Vec<String> {
        let log = self.runtime.block_on(self.driver().browser_log()).expect("a log");
        log.into_iter().filter(|entry| entry.level == "SEVERE").map(|entry| entry.message).collect()
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // A browser that has died already needs no closing.
            let _ = self.runtime.block_on(driver.quit());
        }
    }
}
