package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.linux.Link;
import dev.naru.linux.Rtnetlink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that CNI plug-ins make: a script that notes what it is told, and the plug-ins that distributions bring. */
class CniNetworkTest {
    private static final Path INSTALLED = Path.of("/usr/lib/cni");

    @TempDir
    Path root;

    private final TestNetwork lab = new TestNetwork();

    private NetworkSpec spec(String configuration, Path programs) {
        return new NetworkSpec(
                "cni-of-" + lab.bridge,
                lab.bridge + "c",
                "cni",
                "",
                List.of(),
                0,
                false,
                true,
                true,
                Map.of("conf", configuration, "path", programs.toString()));
    }

    private CniDriver driver() {
        return new CniDriver(new CniConnections(root.resolve("state")));
    }

    /** Notes its call; answers an address for ADD. */
    private void script(String name, String answer, int code) throws IOException {
        Path program = Files.createDirectories(root.resolve("bin")).resolve(name);
        Files.writeString(
                program,
                "#!/bin/sh\necho \"" + name
                        + " $CNI_COMMAND $CNI_CONTAINERID $CNI_IFNAME netns=${CNI_NETNS:+set} $(cat)\" >> "
                        + root.resolve("calls") + "\n[ $CNI_COMMAND = ADD ] && echo '" + answer
                        + "'\n[ $CNI_COMMAND = DEL ] || exit "
                        + code + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(root.resolve("calls"));
    }

    @Test
    void pluginsAreCalledInOrderAndUndoneBackwardsWithWhatTheyWereTold() throws Exception {
        try (lab;
                var driver = driver();
                var sandbox = lab.sandboxes.take("c")) {
            script(
                    "first",
                    "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.3.2.7/24\",\"gateway\":\"10.3.2.1\"}]}",
                    0);
            script(
                    "second",
                    "{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.3.2.7/24\",\"gateway\":\"10.3.2.1\"}]}",
                    0);
            Path file = Files.writeString(root.resolve("net.conflist"), """
                    {"cniVersion":"1.0.0","name":"lab","plugins":[
                      {"type":"first","key":"v1"},
                      {"type":"second","capabilities":{"portMappings":true}}]}""");
            NetworkSpec network = spec(file.toString(), root.resolve("bin"));
            driver.ensure(network);
            Attachment attachment =
                    driver.attach(network, TestNetwork.endpoint(TestNetwork.port(80, "127.0.0.1", 0, 0)), sandbox);

            assertThat(attachment.address()).isEqualTo("10.3.2.7");
            assertThat(attachment.gateway()).isEqualTo("10.3.2.1");
            int port = attachment.ports().getFirst().hostPort();
            assertThat(calls().get(0)).startsWith("first ADD c eth0 netns=set").contains("\"key\":\"v1\"");
            assertThat(calls().get(1))
                    .startsWith("second ADD")
                    .contains("\"prevResult\"", "\"hostPort\":" + port)
                    .doesNotContain("capabilities");

            Files.writeString(file, "{}");
            driver.detach(network, attachment);
            assertThat(calls().get(2)).startsWith("second DEL c eth0 netns= ").contains("\"hostPort\":" + port);
            assertThat(calls().get(3)).startsWith("first DEL").contains("\"key\":\"v1\"", "\"prevResult\"");
            driver.detach(network, attachment);
            assertThat(calls()).hasSize(4);
        }
    }

    @Test
    void aPluginThatFailsIsQuotedAndAllAreUndone() throws Exception {
        try (lab;
                var driver = driver();
                var sandbox = lab.sandboxes.take("c")) {
            script("first", "{\"ips\":[]}", 0);
            script("broken", "{\"code\":11,\"msg\":\"no luck\",\"details\":\"today\"}", 1);
            NetworkSpec network = spec(
                    "{\"name\":\"lab\",\"plugins\":[{\"type\":\"first\"},{\"type\":\"broken\"}]}", root.resolve("bin"));

            assertThatThrownBy(() -> driver.attach(network, TestNetwork.endpoint(), sandbox))
                    .hasMessageContaining("CNI plug-in broken: no luck: today");
            assertThat(calls()).hasSize(4);
            try (Stream<Path> left = Files.list(root.resolve("state"))) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void aNewEngineUndoesWhatNobodyHas() throws Exception {
        try (lab;
                var sandbox = lab.sandboxes.take("c")) {
            script("first", "{\"ips\":[]}", 0);
            NetworkSpec network = spec("{\"name\":\"lab\",\"plugins\":[{\"type\":\"first\"}]}", root.resolve("bin"));
            Attachment kept;
            try (var dead = driver()) {
                kept = dead.attach(network, TestNetwork.endpoint(), sandbox);
                dead.attach(network, TestNetwork.endpoint(), sandbox);
            }
            try (var driver = driver()) {
                driver.takeOver(network);
                driver.adopt(network, kept);
                driver.reconcile(List.of(kept));
                assertThat(calls())
                        .filteredOn(call -> call.startsWith("first DEL"))
                        .hasSize(1);
                driver.detach(network, kept);
            }
        }
    }

    @Test
    void aNewEngineChecksWhatStandsAndSaysWhatIsValid() throws Exception {
        try (lab;
                var sandbox = lab.sandboxes.take("c")) {
            script("first", "{\"ips\":[{\"address\":\"10.3.2.7/24\"}]}", 0);
            NetworkSpec network = spec(
                    "{\"cniVersion\":\"1.1.0\",\"name\":\"lab\",\"plugins\":[{\"type\":\"first\",\"key\":\"v1\"}]}",
                    root.resolve("bin"));
            Attachment kept;
            try (var dead = driver()) {
                kept = dead.attach(network, TestNetwork.endpoint(), sandbox);
                dead.attach(network, TestNetwork.endpoint(), sandbox);
            }
            Files.delete(root.resolve("calls"));
            try (var driver = driver()) {
                driver.lives("c", (int) ProcessHandle.current().pid());
                driver.takeOver(network);
                driver.adopt(network, kept);
                driver.reconcile(List.of(kept));
                awaitCall("first GC");

                assertThat(calls()).hasSize(3);
                assertThat(calls().get(0)).startsWith("first DEL");
                assertThat(calls().get(1))
                        .startsWith("first CHECK c eth0 netns=set")
                        .contains("\"prevResult\"", "10.3.2.7/24", "\"key\":\"v1\"");
                assertThat(calls().get(2))
                        .startsWith("first GC   netns= ")
                        .contains("\"cni.dev/valid-attachments\":[{", "\"containerID\":\"c\"", "\"ifname\":\"eth0\"")
                        .doesNotContain("prevResult");
                driver.detach(network, kept);
            }
        }
    }

    @Test
    void pluginsThatAreTooOldOrDoNotWantItAreNotAsked() throws Exception {
        try (lab;
                var sandbox = lab.sandboxes.take("c")) {
            script("first", "{\"ips\":[]}", 0);
            NetworkSpec old = spec(
                    "{\"cniVersion\":\"1.0.0\",\"disableCheck\":true,\"name\":\"lab\",\"plugins\":[{\"type\":\"first\"}]}",
                    root.resolve("bin"));
            NetworkSpec fresh = spec(
                    "{\"cniVersion\":\"1.1.0\",\"name\":\"other\",\"plugins\":[{\"type\":\"first\"}]}",
                    root.resolve("bin"));
            try (var driver = driver()) {
                Attachment kept = driver.attach(old, TestNetwork.endpoint(), sandbox);
                driver.lives("c", (int) ProcessHandle.current().pid());
                driver.takeOver(old);
                driver.takeOver(fresh);
                driver.reconcile(List.of(kept));
                // The last in turn; of the other there is nothing before it.
                awaitCall("first GC");

                assertThat(calls()).hasSize(2).noneMatch(call -> call.contains("CHECK"));
                assertThat(calls().getLast()).contains("\"name\":\"other\"", "\"cni.dev/valid-attachments\":[]");
                driver.detach(old, kept);
            }
        }
    }

    private void awaitCall(String beginning) throws Exception {
        for (long end = System.nanoTime() + 10_000_000_000L; System.nanoTime() < end; ) {
            if (Files.exists(root.resolve("calls")) && calls().stream().anyMatch(call -> call.startsWith(beginning))) {
                return;
            }
            Thread.sleep(20);
        }
    }

    @Test
    void wrongConfigurationsAreRefusedInWords() throws Exception {
        try (lab;
                var driver = driver()) {
            assertThatThrownBy(() -> driver.ensure(spec("", root))).hasMessageContaining("write -o conf=");
            assertThatThrownBy(() -> driver.ensure(spec("/nosuch.conflist", root)))
                    .hasMessageContaining("cannot read the CNI configuration /nosuch.conflist");
            assertThatThrownBy(() -> driver.ensure(spec("{\"plugins\":[{\"type\":\"nosuch\"}]}", root)))
                    .hasMessageContaining("CNI plug-in nosuch is not in");
            assertThatThrownBy(() -> driver.ensure(spec("{\"plugins\":[{\"type\":\"../../bin/sh\"}]}", root)))
                    .hasMessageContaining("is no name of a CNI plug-in");
        }
    }

    /** Bridge, host-local and portmap as distributions bring them. */
    @Test
    void theReferencePluginsConnectContainers() throws Exception {
        assumeTrue(Files.isExecutable(INSTALLED.resolve("bridge")), "containernetworking-plugins is not installed");
        String bridge = lab.bridge + "n";
        String subnet = "10." + lab.block + ".30.0/24";
        String configuration = """
                {"cniVersion":"1.0.0","name":"%s","plugins":[
                  {"type":"bridge","bridge":"%s","isGateway":true,
                   "ipam":{"type":"host-local","dataDir":"%s","ranges":[[{"subnet":"%s"}]],
                           "routes":[{"dst":"0.0.0.0/0"}]}}]}""".formatted(lab.bridge, bridge, root.resolve("addresses"), subnet);
        try (lab;
                var driver = driver();
                var one = (KernelSandbox) lab.sandboxes.take("one");
                var two = (KernelSandbox) lab.sandboxes.take("two")) {
            NetworkSpec network = spec(configuration, INSTALLED);
            driver.ensure(network);
            Attachment first = driver.attach(network, endpoint("one"), one);
            Attachment second = driver.attach(network, endpoint("two"), two);
            lab.serve(two.namespace(), 80);

            assertThat(first.address()).isEqualTo("10." + lab.block + ".30.2");
            assertThat(first.macAddress()).isNotEmpty();
            assertThat(fetch(one.namespace(), second.address(), 80)).isEqualTo(first.address());
            driver.disconnect(network, first, one);
            assertThat(one.namespace().rtnetlink().link("eth0")).isEmpty();
            driver.detach(network, second);
            try (Stream<Path> given = Files.list(root.resolve("addresses").resolve(lab.bridge))) {
                assertThat(given.map(each -> each.getFileName().toString())).noneMatch(each -> each.startsWith("10."));
            }
        } finally {
            try (Rtnetlink host = Rtnetlink.open()) {
                assertThat(host.links().stream().map(Link::name)).contains(bridge);
                host.batch().delete(bridge).commit();
            }
        }
    }

    private static EndpointSpec endpoint(String container) {
        return new EndpointSpec(container, "", "", "", List.of());
    }
}
