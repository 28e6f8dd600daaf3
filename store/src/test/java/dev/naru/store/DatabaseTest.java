package dev.naru.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
    @TempDir
    Path root;

    private Store store;

    @BeforeEach
    void open() {
        store = Store.open(root);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void put(String id, String body) {
        store.database().write(in -> {
            in.put("containers", id, bytes(body));
            return id;
        });
    }

    private List<Transaction.Document> containers() {
        return store.database().read(in -> in.list("containers"));
    }

    private List<String> withPrefix(String prefix) {
        return store.database().read(in -> in.idsWithPrefix("containers", prefix));
    }

    @Test
    void libraryLeavesNoFileEvenWhenThisProcessIsKilled() throws Exception {
        put("a", "x");

        assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
                .filteredOn(line -> line.contains("sqlitejdbc"))
                .isNotEmpty()
                .allMatch(line -> line.endsWith("(deleted)"));
    }

    /** What lies on the disk while the process lives is what its death leaves. */
    @Test
    void recordedAndWrittenSurviveTheProcess(@TempDir Path left) throws Exception {
        put("a", "written");
        store.database().record(in -> {
            in.put("containers", "b", bytes("recorded"));
            return "b";
        });
        for (String name : List.of("naru.db", "naru.db-wal")) {
            Files.copy(root.resolve(name), left.resolve(name));
        }
        assertThatThrownBy(() -> store.database().record(in -> {
                    in.put("containers", "c", bytes("undone"));
                    throw new IllegalArgumentException("refused");
                }))
                .hasMessage("refused");

        try (Store next = Store.open(left)) {
            List<Transaction.Document> found = next.database().read(in -> in.list("containers"));
            assertThat(found).extracting(Transaction.Document::id).containsExactlyInAnyOrder("a", "b");
        }
        assertThat(containers()).hasSize(2);
    }

    @Test
    void documentsSurviveReopening() {
        put("a", "one");
        put("a", "two");
        store.close();
        store = Store.open(root);
        Optional<byte[]> body = store.database().read(in -> in.get("containers", "a"));
        assertThat(body).hasValue(bytes("two"));
    }

    @Test
    void aThrowingWorkLeavesNothing() {
        assertThatThrownBy(() -> store.database().write(in -> {
                    in.put("containers", "a", bytes("x"));
                    throw NaruException.conflict("no");
                }))
                .hasMessage("no");
        assertThat(containers()).isEmpty();
        put("b", "y");
        assertThat(containers()).hasSize(1);
    }

    @Test
    void aNameHasOneOwner() {
        store.database().write(in -> {
            assertThat(in.claimName("containers", "web", "1")).isEmpty();
            assertThat(in.claimName("containers", "web", "1")).isEmpty();
            assertThat(in.claimName("containers", "web", "2")).hasValue("1");
            in.claimName("containers", "api", "1");
            assertThat(in.namesOf("containers", "1")).containsExactly("api", "web");
            in.releaseName("containers", "web");
            assertThat(in.claimName("containers", "web", "2")).isEmpty();
            return true;
        });
    }

    @Test
    void prefixesTellOneFromSeveral() {
        put("abc", "");
        put("abd", "");
        put("abe", "");
        put("b%", "");
        assertThat(withPrefix("ab")).containsExactly("abc", "abd");
        assertThat(withPrefix("b%")).containsExactly("b%");
        assertThat(withPrefix("x")).isEmpty();
    }

    @Test
    void eventsAreReplayedInOrderAndTrimmed() {
        store.database().write(in -> {
            for (int i = 0; i < 10; i++) {
                assertThat(in.append(100 + i, bytes("e" + i))).isEqualTo(i + 1L);
            }
            in.trimEvents(6);
            return true;
        });
        var seen = new ArrayList<Long>();
        store.database().read(in -> {
            in.events(103, 107, event -> seen.add(event.sequence()));
            return true;
        });
        assertThat(seen).containsExactly(5L, 6L, 7L, 8L);
    }

    @Test
    void aReaderSeesOneMomentAndCannotWrite() {
        put("a", "old");
        store.database().read(in -> {
            in.get("containers", "a");
            put("a", "new");
            assertThat(in.get("containers", "a")).hasValue(bytes("old"));
            assertThatThrownBy(() -> in.put("containers", "a", bytes("z"))).isInstanceOf(IllegalStateException.class);
            return true;
        });
    }

    @Test
    void crowdsOfWritersAllSucceedAndOneFailureIsAlone() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String id = "id" + i;
                boolean fails = i % 10 == 0;
                writers.add(threads.submit(() -> {
                    try {
                        store.database().write(in -> {
                            in.put("containers", id, bytes(id));
                            if (fails) {
                                throw NaruException.conflict("unlucky");
                            }
                            return id;
                        });
                        assertThat(fails).isFalse();
                    } catch (NaruException expected) {
                        assertThat(fails).isTrue();
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(containers()).hasSize(180);
    }

    @Test
    void oneEngineAtATime() {
        assertThatThrownBy(() -> Store.open(root))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
                .hasMessageContaining("another engine");
    }
}
