package dev.naru.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.wire.ContainerTopResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProcessTableTest {
    /** Its place behind the name in /proc/PID/stat (proc(5)). */
    private static final int NICE = 17;

    private final Container container = new TestContainers().add("a", TestContainers.phase(Phase.RUNNING), Map.of());
    private final Process sleep = start();

    private static Process start() {
        try {
            return new ProcessBuilder("sleep", "1000").start();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @BeforeEach
    void run() {
        container.running(new FakeRunningContainer((int) sleep.pid()));
    }

    @AfterEach
    void end() throws InterruptedException {
        sleep.destroyForcibly().waitFor();
    }

    @Test
    void showsTheFullFormatByDefault() {
        ContainerTopResponse top = ProcessTable.of(container, null);
        assertThat(top.titles()).containsExactly("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
        List<String> row = requireNonNull(top.processes()).getFirst();
        assertThat(row.get(0)).isEqualTo("root");
        assertThat(row.get(1)).isEqualTo(Long.toString(sleep.pid()));
        assertThat(row.get(2)).isEqualTo(Long.toString(ProcessHandle.current().pid()));
        assertThat(row.get(4)).matches("\\d\\d:\\d\\d");
        assertThat(row.get(6)).isEqualTo("00:00:00");
        assertThat(row.get(7)).isEqualTo("sleep 1000");
    }

    @Test
    void showsColumnsAsked() {
        List<String> shown = row("-o pid,comm,args -o rss=MEMORY -o user,uid,nlwp,ni,stat");
        assertThat(shown).startsWith(Long.toString(sleep.pid()), "sleep", "sleep 1000");
        // Whoever runs the tests may have made them give way to others.
        String stat = KernelFile.read("/proc/" + sleep.pid() + "/stat");
        String nice = stat.substring(stat.lastIndexOf(')')).split(" ", -1)[NICE];
        assertThat(shown.subList(shown.size() - 5, shown.size() - 1)).containsExactly("root", "0", "1", nice);
        // It may not have fallen asleep yet.
        assertThat(shown.getLast()).matches("[SR]");
        assertThat(row("axo pid,ppid")).hasSize(2);
        assertThat(row("-eo pid=PID,etime")).hasSize(2);
        assertThat(ProcessTable.of(container, "aux").titles())
                .containsExactly(
                        "USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND");
    }

    private List<String> row(String arguments) {
        return requireNonNull(ProcessTable.of(container, arguments).processes()).getFirst();
    }

    @Test
    void agreesWithPs() throws Exception {
        String columns = "pid,ppid,uid,gid,vsz,rss,tty,stat,time,ni,pri,psr,nlwp,pgid,sid,comm,args";
        Process ps = new ProcessBuilder("ps", "-o", columns, "--no-headers", "-p", Long.toString(sleep.pid())).start();
        String line = new String(ps.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(ps.waitFor()).isZero();
        assertThat(String.join(" ", row("-o " + columns)))
                .isEqualTo(line.strip().replaceAll("\\s+", " "));
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> ProcessTable.of(container, "-o pid,bogus"))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("unknown user-defined format specifier \"bogus\"");
        assertThatThrownBy(() -> ProcessTable.of(container, "-o comm"))
                .hasMessage("Couldn't find PID field in ps output");
        assertThatThrownBy(() -> ProcessTable.of(container, "-Z")).hasMessageContaining("unsupported option");
    }

    @Test
    void aStoppedContainerIsAConflict() {
        container.running(null);
        assertThatThrownBy(() -> ProcessTable.of(container, null))
                .hasMessage("container " + container.id() + " is not running");
    }
}
