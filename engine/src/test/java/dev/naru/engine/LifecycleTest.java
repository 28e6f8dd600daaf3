package dev.naru.engine;

import static dev.naru.engine.TestEngine.hostWith;
import static dev.naru.engine.TestEngine.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ContainerService.AttachQuery;
import dev.naru.engine.StreamSession.Client;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.ExecCreateRequestBuilder;
import dev.naru.wire.HealthConfig;
import dev.naru.wire.RestartPolicy;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container's life with processes of the host in the containers' place. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class LifecycleTest {
    private static final String BRIDGE = "nlc" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private TestEngine test;
    private ContainerService containers;

    @BeforeEach
    void open() {
        test = new TestEngine(directory, BRIDGE);
        containers = test.engine.containers();
    }

    @AfterEach
    void close() {
        test.close();
        TestBridge.remove(BRIDGE);
    }

    record Ends(InputStream input, OutputStream output) implements Client {}

    private static String attached(StreamSession session, String input) throws Exception {
        var output = new ByteArrayOutputStream();
        try (session) {
            session.serve(new Ends(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), output));
        }
        return ContainerOutput.unframed(output.toByteArray());
    }

    private Container container(String id) {
        return ((Containers) containers).table().get(id);
    }

    @Test
    void exitCodeIsToldAndEventsComeInOrder() throws Exception {
        String id = test.create("one", request("/bin/sh", "-c", "exit 3").build());
        try (var waiter = containers.waiter(id, "next-exit")) {
            containers.start(id, null);
            assertThat(waiter.await().exitCode()).isEqualTo(3);
        }
        assertThat(container(id).status().phase()).isEqualTo(ContainerStatus.Phase.EXITED);
        containers.remove(id, false, false, false);
        assertThat(test.actions("one")).containsExactly("create", "start", "die", "destroy");
        assertThatThrownBy(() -> containers.start(id, null)).hasMessage("No such container: " + id);
    }

    @Test
    void nameInUseIsDockersConflict() {
        String id = test.create("one", request("/bin/true").build());
        assertThatThrownBy(() -> test.create("one", request("/bin/true").build()))
                .hasMessage("Conflict. The container name \"/one\" is already in use by container \"" + id
                        + "\". You have to remove (or rename) that container to be able to reuse that name.");
        assertThatThrownBy(() -> containers.rename(id, "one"))
                .hasMessage("Renaming a container with the same name as its current name");
        containers.rename(id, "two");
        assertThat(test.create("one", request("/bin/true").build())).isNotEqualTo(id);
        assertThatThrownBy(() -> containers.rename("two", "one"))
                .hasMessageStartingWith("Error when allocating new name: Conflict. The container name \"/one\"");
    }

    @Test
    void wrongStatesAreDockersErrors() {
        String id = test.create("one", request("/bin/sleep", "100").build());
        assertThatThrownBy(() -> containers.kill("one", null))
                .hasMessage("cannot kill container: one: container " + id + " is not running");
        assertThatThrownBy(() -> containers.stop("one", null, null)).matches(LifecycleTest::isNotModified);
        assertThatThrownBy(() -> containers.pause("one")).hasMessage("container " + id + " is not running");
        assertThatThrownBy(() -> containers.unpause("one")).hasMessage("Container " + id + " is not paused");
        assertThatThrownBy(() -> containers.kill("one", "FOO"))
                .hasMessage("cannot kill container: one: invalid signal: FOO");
        assertThatThrownBy(() -> containers.waiter("one", "foo")).hasMessage("invalid condition: \"foo\"");
        containers.start("one", null);
        assertThatThrownBy(() -> containers.start("one", null)).matches(LifecycleTest::isNotModified);
        assertThatThrownBy(() -> containers.remove("one", false, false, false))
                .hasMessage("cannot remove container \"one\": container is running: stop the container before"
                        + " removing or force remove");
        containers.pause("one");
        assertThatThrownBy(() -> containers.pause("one")).hasMessage("Container " + id + " is already paused");
        assertThatThrownBy(() -> containers.start("one", null))
                .hasMessage("cannot start a paused container, try unpause instead");
        assertThatThrownBy(() -> containers.remove("one", false, false, false))
                .hasMessage("cannot remove container \"one\": container is paused and must be unpaused first");
        containers.unpause("one");
        containers.remove("one", true, false, false);
        assertThat(test.actions("one"))
                .containsExactly("create", "start", "pause", "unpause", "kill", "die", "destroy");
    }

    private static boolean isNotModified(Throwable failure) {
        return failure instanceof NaruException known && known.kind() == ErrorKind.NOT_MODIFIED;
    }

    @Test
    void stopSendsTheSignalThenKills() throws Exception {
        String polite = test.run("polite", "/bin/sh", "-c", "trap 'exit 5' TERM; while :; do sleep 0.05; done");
        Thread.sleep(200);
        containers.stop(polite, null, 5);
        assertThat(container(polite).status().exitCode()).isEqualTo(5);
        String deaf = test.run("deaf", "/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done");
        Thread.sleep(200);
        containers.stop(deaf, null, 0);
        assertThat(container(deaf).status().exitCode()).isEqualTo(137);
        assertThat(test.actions("deaf")).containsExactly("create", "start", "kill", "kill", "die", "stop");
        containers.restart(deaf, null, 0);
        assertThat(container(deaf).status().phase()).isEqualTo(ContainerStatus.Phase.RUNNING);
    }

    @Test
    void autoRemovedContainerTellsItsCodeFirst() throws Exception {
        String id = test.create(
                "gone",
                request("/bin/sh", "-c", "exit 4")
                        .hostConfig(hostWith(host -> host.autoRemove(true)))
                        .build());
        try (var removed = containers.waiter(id, "removed")) {
            containers.start(id, null);
            assertThat(removed.await().exitCode()).isEqualTo(4);
        }
        assertThatThrownBy(() -> containers.waiter(id, "removed")).hasMessage("No such container: " + id);
        assertThat(test.actions("gone")).containsExactly("create", "start", "die", "destroy");
    }

    @Test
    void missingProgramIs127AndNothingRemains() {
        String id = test.create("bad", request("/no/such").build());
        assertThatThrownBy(() -> containers.start(id, null))
                .matches(failure -> ((NaruException) failure).kind() == ErrorKind.COMMAND_NOT_FOUND)
                .hasMessageContaining("exec: \"/no/such\": stat /no/such: no such file or directory");
        assertThat(container(id).status().phase()).isEqualTo(ContainerStatus.Phase.CREATED);
        assertThat(container(id).status().exitCode()).isEqualTo(127);
    }

    @Test
    void restartPolicyStopsAfterItsRetries() throws Exception {
        String id = test.create(
                "again",
                request("/bin/false")
                        .hostConfig(hostWith(host -> host.restartPolicy(new RestartPolicy("on-failure", 2))))
                        .build());
        containers.start(id, null);
        while (container(id).status().phase() != ContainerStatus.Phase.EXITED) {
            Thread.sleep(20);
        }
        assertThat(container(id).status().restartCount()).isEqualTo(2);
        assertThat(test.actions("again")).containsExactly("create", "start", "die", "start", "die", "start", "die");
    }

    @Test
    void stopEndsRestarting() throws Exception {
        String id = test.create(
                "always",
                request("/bin/true")
                        .hostConfig(hostWith(host -> host.restartPolicy(new RestartPolicy("always", 0))))
                        .build());
        containers.start(id, null);
        while (container(id).status().restartCount() < 2) {
            Thread.sleep(20);
        }
        containers.stop(id, null, 1);
        assertThat(container(id).status().phase()).isEqualTo(ContainerStatus.Phase.EXITED);
        int starts = test.actions("always").size();
        Thread.sleep(1000);
        assertThat(container(id).status().phase()).isEqualTo(ContainerStatus.Phase.EXITED);
        assertThat(test.actions("always").stream().filter("start"::equals).count())
                .isLessThanOrEqualTo(starts);
    }

    @Test
    void attachmentBeforeTheStartGetsEveryByte() throws Exception {
        String id = test.create("early", request("/bin/cat").openStdin(true).build());
        StreamSession session = containers.attach(id, new AttachQuery(true, true, true, true, false, null));
        containers.start(id, null);
        assertThat(attached(session, "first\nlast\n")).isEqualTo("first\nlast\n");
        assertThat(test.await(id, "not-running")).isZero();
    }

    @Test
    void execTellsItsOutputAndCode() throws Exception {
        String id = test.run("host", "/bin/sleep", "100");
        String exec = test.engine
                .execs()
                .create(
                        id,
                        ExecCreateRequestBuilder.builder()
                                .cmd(List.of("/bin/sh", "-c", "echo hello; exit 9"))
                                .attachStdout(true)
                                .build());
        assertThat(test.engine.execs().inspect(exec).exitCode()).isNull();
        assertThat(attached(test.engine.execs().start(exec, false, null), "")).isEqualTo("hello\n");
        assertThat(test.engine.execs().inspect(exec).exitCode()).isEqualTo(9);
        assertThatThrownBy(() -> test.engine.execs().startDetached(exec))
                .hasMessage("exec command " + exec + " has already run");
        String missing = test.engine
                .execs()
                .create(
                        id,
                        ExecCreateRequestBuilder.builder()
                                .cmd(List.of("nope"))
                                .attachStdout(true)
                                .build());
        assertThat(attached(test.engine.execs().start(missing, false, null), ""))
                .isEqualTo("OCI runtime exec failed: exec failed: unable to start container process: exec: \"nope\":"
                        + " executable file not found in $PATH\r\n");
        assertThat(test.engine.execs().inspect(missing).exitCode()).isEqualTo(127);
        assertThatThrownBy(() -> test.engine.execs().inspect("abc")).hasMessage("No such exec instance: abc");
    }

    @Test
    void healthGoesFromStartingToHealthy() throws Exception {
        String id = test.create(
                "fit",
                request("/bin/sleep", "100")
                        .healthcheck(new HealthConfig(
                                List.of("CMD-SHELL", "echo fine"), 50_000_000L, 5_000_000_000L, 1, 0L, 0L))
                        .build());
        containers.start(id, null);
        assertThat(container(id).health().state()).isEqualTo("starting");
        while (!container(id).health().state().equals("healthy")) {
            Thread.sleep(20);
        }
        assertThat(container(id).health().log().getFirst().output()).isEqualTo("fine\n");
        while (!test.actions("fit").contains("health_status: healthy")) {
            Thread.sleep(20);
        }
    }

    @Test
    void newEngineTakesOverWhatRunsAndWritesWhatEnded() throws Exception {
        String stays = test.run("stays", "/bin/sleep", "100");
        String ends = test.run("ends", "/bin/sh", "-c", "sleep 0.3; exit 7");
        String always = test.create(
                "always",
                request("/bin/sleep", "100")
                        .hostConfig(hostWith(host -> host.restartPolicy(new RestartPolicy("always", 0))))
                        .build());
        containers.start(always, null);
        test.engine.close();
        Thread.sleep(600);
        test.processes.containers.remove(always).delete();
        test.reopen();
        containers = test.engine.containers();
        assertThat(container(stays).status().phase()).isEqualTo(ContainerStatus.Phase.RUNNING);
        assertThat(container(ends).status().exitCode()).isEqualTo(7);
        assertThat(test.actions("ends")).containsExactly("create", "start", "die");
        while (container(always).status().phase() != ContainerStatus.Phase.RUNNING) {
            Thread.sleep(20);
        }
        containers.stop(stays, null, 1);
        assertThat(container(stays).status().phase()).isEqualTo(ContainerStatus.Phase.EXITED);
    }
}
