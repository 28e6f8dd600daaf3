package dev.naru.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** A column of {@code ps}, with the names it goes by (ps(1), standard format specifiers) and its header. */
@SuppressWarnings("ImmutableEnumChecker") // The functions keep nothing, the lists are copies.
enum ProcessColumn {
    UID("UID", (process, host) -> host.user(process.uid())),
    UID_NUMBER("UID", (process, host) -> Long.toString(process.uid()), "uid", "euid"),
    USER("USER", (process, host) -> host.user(process.uid()), "user", "euser", "uname"),
    REAL_USER("RUSER", (process, host) -> host.user(process.realUid()), "ruser"),
    REAL_UID("RUID", (process, host) -> Long.toString(process.realUid()), "ruid"),
    GROUP("GROUP", (process, host) -> host.group(process.gid()), "group", "egroup"),
    GID("GID", (process, host) -> Long.toString(process.gid()), "gid", "egid"),
    PID("PID", (process, host) -> Integer.toString(process.pid()), "pid", "tgid"),
    PPID("PPID", (process, host) -> Long.toString(process.parent()), "ppid"),
    PGID("PGID", (process, host) -> Long.toString(process.processGroup()), "pgid", "pgrp"),
    SID("SID", (process, host) -> Long.toString(process.session()), "sid", "sess", "session"),
    C("C", (process, host) -> Long.toString(Math.min(99, Math.round(host.share(process) * 100))), "c"),
    CPU("%CPU", (process, host) -> PsHost.decimal(host.share(process) * 100), "%cpu", "pcpu"),
    MEMORY("%MEM", (process, host) -> PsHost.decimal(100.0 * process.resident() / host.memory()), "%mem", "pmem"),
    VIRTUAL("VSZ", (process, host) -> Long.toString(process.virtual()), "vsz", "vsize"),
    RESIDENT("RSS", (process, host) -> Long.toString(process.resident()), "rss", "rssize", "rsz"),
    PAGES("SZ", (process, host) -> Long.toString(process.virtual() / 4), "sz"),
    TTY("TTY", (process, host) -> PsHost.terminal(process.terminal()), "tty", "tname"),
    TT("TT", (process, host) -> PsHost.terminal(process.terminal()), "tt"),
    STATE("S", (process, host) -> String.valueOf(process.state()), "s", "state"),
    STATUS("STAT", (process, host) -> PsHost.status(process), "stat"),
    START_FULL("STIME", (process, host) -> host.start(process), "stime"),
    START("START", (process, host) -> host.start(process), "start_time", "start", "bsdstart"),
    STARTED("STARTED", (process, host) -> host.started(process), "lstart"),
    TIME("TIME", (process, host) -> PsHost.time(process), "time", "cputime"),
    SHORT_TIME("TIME", (process, host) -> PsHost.shortTime(process), "bsdtime"),
    ELAPSED("ELAPSED", (process, host) -> PsHost.elapsed(host.age(process)), "etime"),
    ELAPSED_SECONDS("ELAPSED", (process, host) -> Long.toString(host.age(process)), "etimes"),
    THREADS("NLWP", (process, host) -> Long.toString(process.threads()), "nlwp", "thcount"),
    FLAGS("F", (process, host) -> Long.toOctalString((process.flags() >> 6) & 7), "f", "flag", "flags"),
    PRIORITY("PRI", (process, host) -> Long.toString(39 - process.priority()), "pri"),
    NICE("NI", (process, host) -> Long.toString(process.nice()), "ni", "nice"),
    PROCESSOR("PSR", (process, host) -> Long.toString(process.processor()), "psr"),
    ADDRESS("ADDR", (process, host) -> "-", "addr"),
    WAITING("WCHAN", (process, host) -> "-", "wchan"),
    NAME("COMMAND", (process, host) -> process.name(), "comm", "ucmd", "ucomm"),
    SHORT_COMMAND("CMD", (process, host) -> process.name()),
    COMMAND("COMMAND", (process, host) -> process.arguments(), "command", "args"),
    CMD("CMD", (process, host) -> process.arguments(), "cmd");

    private final String header;
    private final BiFunction<ProcessFacts, PsHost, String> text;
    private final List<String> names;

    ProcessColumn(String header, BiFunction<ProcessFacts, PsHost, String> text, String... names) {
        this.header = header;
        this.text = text;
        this.names = List.of(names);
    }

    String header() {
        return header;
    }

    String text(ProcessFacts process, PsHost host) {
        return text.apply(process, host);
    }

    static Optional<ProcessColumn> named(String name) {
        return Arrays.stream(values())
                .filter(column -> column.names.contains(name))
                .findFirst();
    }
}
