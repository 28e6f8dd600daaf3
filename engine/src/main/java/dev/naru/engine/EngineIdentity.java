package dev.naru.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.naru.store.Database;
import java.util.UUID;

/** The engine's own id, made once for each data root. */
final class EngineIdentity {
    private static final String KIND = "engines";
    private static final String ID = "id";

    private EngineIdentity() {}

    static String of(Database database) {
        return database.read(transaction -> transaction.get(KIND, ID))
                .map(bytes -> new String(bytes, UTF_8))
                .orElseGet(() -> make(database));
    }

    private static String make(Database database) {
        String id = UUID.randomUUID().toString();
        return database.write(transaction -> {
            transaction.put(KIND, ID, id.getBytes(UTF_8));
            return id;
        });
    }
}
