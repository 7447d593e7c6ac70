const db = require("better-sqlite3")("notes.db");
require("express")().listen(5000);
