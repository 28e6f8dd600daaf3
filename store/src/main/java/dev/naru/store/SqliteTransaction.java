package dev.naru.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The operations on one connection while its transaction is open. */
final class SqliteTransaction implements Transaction {
    private final SqliteConnection connection;
    private final boolean writable;
    private boolean open = true;

    SqliteTransaction(SqliteConnection connection, boolean writable) {
        this.connection = connection;
        this.writable = writable;
    }

    void end() {
        open = false;
    }

    @Override
    public Optional<byte[]> get(String kind, String id) {
        return query(
                "SELECT body FROM documents WHERE kind = ? AND id = ?",
                rows -> rows.next() ? Optional.of(rows.getBytes(1)) : Optional.empty(),
                kind,
                id);
    }

    @Override
    public void put(String kind, String id, byte[] body) {
        update(
                "INSERT INTO documents (kind, id, body) VALUES (?, ?, ?)"
                        + " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                kind,
                id,
                body);
    }

    @Override
    public boolean delete(String kind, String id) {
        return update("DELETE FROM documents WHERE kind = ? AND id = ?", kind, id) > 0;
    }

    @Override
    public List<Document> list(String kind) {
        return query("SELECT id, body FROM documents WHERE kind = ? ORDER BY id", rows -> documents(kind, rows), kind);
    }

    @Override
    public List<Document> list(String kind, String after, int limit) {
        return query(
                "SELECT id, body FROM documents WHERE kind = ? AND id > ? ORDER BY id LIMIT ?",
                rows -> documents(kind, rows),
                kind,
                after,
                (long) limit);
    }

    private static List<Document> documents(String kind, ResultSet rows) throws SQLException {
        var documents = new ArrayList<Document>();
        while (rows.next()) {
            documents.add(new Document(kind, rows.getString(1), rows.getBytes(2)));
        }
        return documents;
    }

    @Override
    public List<String> idsWithPrefix(String kind, String prefix) {
        // A range instead of LIKE: it uses the key, and no character of the prefix has a meaning.
        return query(
                "SELECT id FROM documents WHERE kind = ? AND id >= ? AND id < ? ORDER BY id LIMIT 2",
                SqliteTransaction::strings,
                kind,
                prefix,
                prefix + Character.MAX_VALUE);
    }

    @Override
    public Optional<String> claimName(String kind, String name, String id) {
        int inserted =
                update("INSERT INTO names (kind, name, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", kind, name, id);
        return inserted > 0 ? Optional.empty() : idOfName(kind, name).filter(owner -> !owner.equals(id));
    }

    @Override
    public void releaseName(String kind, String name) {
        update("DELETE FROM names WHERE kind = ? AND name = ?", kind, name);
    }

    @Override
    public Optional<String> idOfName(String kind, String name) {
        return query(
                "SELECT id FROM names WHERE kind = ? AND name = ?",
                rows -> rows.next() ? Optional.of(rows.getString(1)) : Optional.empty(),
                kind,
                name);
    }

    @Override
    public List<String> namesOf(String kind, String id) {
        return query(
                "SELECT name FROM names WHERE kind = ? AND id = ? ORDER BY name", SqliteTransaction::strings, kind, id);
    }

    @Override
    public long append(long time, byte[] body) {
        update("INSERT INTO events (time, body) VALUES (?, ?)", time, body);
        return query("SELECT last_insert_rowid()", rows -> rows.getLong(1));
    }

    @Override
    public void events(long from, long until, Predicate<StoredEvent> visitor) {
        query(
                "SELECT sequence, time, body FROM events WHERE time >= ? AND time <= ? ORDER BY sequence",
                rows -> {
                    while (rows.next()
                            && visitor.test(new StoredEvent(rows.getLong(1), rows.getLong(2), rows.getBytes(3)))) {}
                    return Boolean.TRUE;
                },
                from,
                until);
    }

    @Override
    public void trimEvents(int keep) {
        update(
                "DELETE FROM events WHERE sequence <= (SELECT sequence FROM events ORDER BY sequence DESC LIMIT 1 OFFSET ?)",
                (long) keep);
    }

    List<String> integrity() {
        List<String> answers = query("PRAGMA integrity_check", SqliteTransaction::strings);
        return answers.equals(List.of("ok")) ? List.of() : answers;
    }

    private static List<String> strings(ResultSet rows) throws SQLException {
        var strings = new ArrayList<String>();
        while (rows.next()) {
            strings.add(rows.getString(1));
        }
        return strings;
    }

    private interface Rows<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> T query(String sql, Rows<T> reader, Object... arguments) {
        check(true);
        try (ResultSet rows = bind(sql, arguments).executeQuery()) {
            return reader.read(rows);
        } catch (SQLException failure) {
            connection.forget(sql);
            throw StoreFailure.of("cannot read the metadata", failure);
        }
    }

    private int update(String sql, Object... arguments) {
        check(writable);
        try {
            return bind(sql, arguments).executeUpdate();
        } catch (SQLException failure) {
            connection.forget(sql);
            throw StoreFailure.of("cannot write the metadata", failure);
        }
    }

    private PreparedStatement bind(String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = connection.statement(sql);
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case String text -> statement.setString(i + 1, text);
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                case Long number -> statement.setLong(i + 1, number);
                default -> throw new IllegalArgumentException("no such column type");
            }
        }
        return statement;
    }

    private void check(boolean allowed) {
        if (!open) {
            throw new IllegalStateException("the transaction has ended");
        }
        if (!allowed) {
            throw new IllegalStateException("the transaction only reads");
        }
    }
}
