//! A publisher on this machine, for tests: a handler writes what it likes to the connection, well-behaved or not.

#![expect(clippy::unwrap_used, reason = "helpers of tests, too, may end a test at once")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Path and query.
    pub path: String,
    /// The lines behind the first.
    pub headers: Vec<String>,
}

impl Asked {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|it| {
            let (key, value) = it.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// What answers: the request, how often the path was asked before, and where to write to.
pub type Handler = dyn Fn(&Asked, usize, &mut dyn Line) + Send + Sync;

/// Where an answer is written to.
pub trait Line: Write {}

impl<T: Write> Line for T {}

/// The server; it ends when it is dropped.
pub struct Server {
    /// Its port on 127.0.0.1.
    pub port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts to listen.
    pub fn start(handler: Arc<Handler>) -> Self {
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let log = Arc::clone(&asked);
        Self::accept(asked, move |mut stream| {
            let reader = stream.try_clone().unwrap();
            if let Some((request, before)) = head(reader, &log) {
                handler(&request, before, &mut stream);
            }
            close(&stream);
        })
    }

    /// Starts to listen on plain TCP; the function has each connection, and says how it speaks.
    pub fn accept(asked: Arc<Mutex<Vec<Asked>>>, serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let over = Arc::new(AtomicBool::new(false));
        let (flag, serve) = (Arc::clone(&over), Arc::new(serve));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if flag.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let serve = Arc::clone(&serve);
                // One a connection: a slow answer holds nobody up.
                std::thread::spawn(move || serve(stream));
            }
        });
        Self {
            port,
            asked,
            over,
            thread: Some(thread),
        }
    }

    /// Its address.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes it.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(it) = self.thread.take() {
            let _ = it.join();
        }
    }
}

/// Reads the head of a request, and notes it; how often its path was asked before.
pub fn head(reader: impl Read, log: &Mutex<Vec<Asked>>) -> Option<(Asked, usize)> {
    let mut lines = BufReader::new(reader).lines();
    let first = lines.next()?.ok()?;
    let path = first.split(' ').nth(1)?.to_owned();
    let headers = lines.map_while(Result::ok).take_while(|it| !it.is_empty()).collect();
    let request = Asked { path, headers };
    let mut log = log.lock().unwrap();
    let before = log.iter().filter(|it| it.path == request.path).count();
    log.push(request.clone());
    Some((request, before))
}

/// Lets what was written arrive before the end.
fn close(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
    let mut rest = [0; 256];
    let mut stream = stream;
    while stream.read(&mut rest).is_ok_and(|it| it > 0) {}
}

/// A whole answer.
pub fn answer(line: &mut dyn Line, status: &str, headers: &[&str], body: &[u8]) {
    let mut head = format!("HTTP/1.1 {status}\r\n");
    for it in headers {
        head.push_str(it);
        head.push_str("\r\n");
    }
    if !headers.iter().any(|it| {
        let it = it.to_ascii_lowercase();
        it.starts_with("content-length") || it.starts_with("transfer-encoding")
    }) {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    // The client may have gone already.
    let _ = line.write_all(head.as_bytes());
    let _ = line.write_all(body);
    let _ = line.flush();
}
