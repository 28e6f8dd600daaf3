package dev.naru.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.sqlite.jdbc4.JDBC4Connection;

/** One connection to the database file with its prepared statements; used by one thread at a time. */
final class SqliteConnection implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.store");
    private static final String[] SCHEMA = {
        "CREATE TABLE IF NOT EXISTS documents (kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL,"
                + " PRIMARY KEY (kind, id)) WITHOUT ROWID",
        "CREATE TABLE IF NOT EXISTS names (kind TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL,"
                + " PRIMARY KEY (kind, name)) WITHOUT ROWID",
        "CREATE INDEX IF NOT EXISTS names_by_id ON names (kind, id)",
        "CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL,"
                + " body BLOB NOT NULL)",
        "CREATE INDEX IF NOT EXISTS events_by_time ON events (time)",
    };

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    private SqliteConnection(Connection connection) {
        this.connection = connection;
    }

    static SqliteConnection open(Path file, boolean writer) throws SQLException {
        SqliteLibrary.load();
        // Straight to the driver: DriverManager would search the class path.
        var connection =
                new SqliteConnection(new JDBC4Connection("jdbc:sqlite:" + file, file.toString(), new Properties()));
        try {
            connection.prepare(writer);
        } catch (SQLException failure) {
            connection.close();
            throw failure;
        }
        return connection;
    }

    private void prepare(boolean writer) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 10000");
            // Negative: KiB. Documents are small and the kernel caches the file anyway.
            statement.execute("PRAGMA cache_size = -512");
            if (!writer) {
                statement.execute("PRAGMA query_only = 1");
                return;
            }
            statement.execute("PRAGMA journal_mode = WAL");
            // A commit reaches the log alone; who needs it on the disk syncs the log (SqliteDatabase).
            statement.execute("PRAGMA synchronous = NORMAL");
            statement.execute("PRAGMA journal_size_limit = 8388608");
            int version;
            try (var result = statement.executeQuery("PRAGMA user_version")) {
                version = result.getInt(1);
            }
            if (version > 1) {
                throw new SQLException("the database was written by a newer engine (schema " + version + ")");
            }
            if (version == 0) {
                statement.execute("BEGIN IMMEDIATE");
                for (String each : SCHEMA) {
                    statement.execute(each);
                }
                statement.execute("PRAGMA user_version = 1");
                statement.execute("COMMIT");
            }
        }
    }

    /** The prepared statement of this text, kept for the next time. */
    PreparedStatement statement(String sql) throws SQLException {
        PreparedStatement known = statements.get(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            statements.put(sql, known);
        }
        return known;
    }

    void execute(String sql) throws SQLException {
        try {
            statement(sql).execute();
        } catch (SQLException failure) {
            forget(sql);
            throw failure;
        }
    }

    /** Gives up a statement that has failed: after most errors, a full disk above all, the driver has closed it already. */
    void forget(String sql) {
        try (PreparedStatement failed = statements.remove(sql)) {
            LOG.log(System.Logger.Level.DEBUG, "prepared again after a failure: {0}", sql);
        } catch (SQLException closed) {
            LOG.log(System.Logger.Level.DEBUG, "a failed statement", closed);
        }
    }

    @Override
    public void close() {
        try {
            for (PreparedStatement statement : statements.values()) {
                statement.close();
            }
            connection.close();
        } catch (SQLException ignored) {
            // Nothing is lost: what was promised is durable already.
        }
    }
}
