package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * What the kernel announces of its own accord about the calling thread's network namespace: links that went, tables and
 * rules that were removed. A thread waits in the kernel for it; nothing polls.
 */
public final class KernelAnnouncements implements AutoCloseable {
    private static final int RTNLGRP_LINK = 1;
    private static final int NFNLGRP_NFTABLES = 7;
    private static final int DELTABLE = 10 << 8 | 2;
    private static final int DELRULE = 10 << 8 | 8;
    private static final int NFGENMSG = 4;
    private static final int SIZE = 64 * 1024;

    private final NetlinkSocket socket;
    private volatile boolean closed;

    private KernelAnnouncements(NetlinkSocket socket, Consumer<NetlinkAnswer> told) {
        this.socket = socket;
        Thread.ofPlatform().daemon().name("naru-announcements").start(() -> listen(told));
    }

    /**
     * Tells of links that went away.
     *
     * @param told takes their names, on a thread of its own
     */
    public static KernelAnnouncements ofRemovedLinks(Consumer<String> told) {
        requireNonNull(told, "told");
        var only = new NetlinkFilter(Rtnetlink.RTM_DELLINK);
        return new KernelAnnouncements(NetlinkSocket.listening(NetlinkSocket.ROUTE, RTNLGRP_LINK, only), answer -> {
            if (answer.type() == Rtnetlink.RTM_DELLINK) {
                told.accept(answer.attributes(Rtnetlink.IFINFOMSG).text(Rtnetlink.IFLA_IFNAME));
            }
        });
    }

    /**
     * Tells of nf_tables' tables that went away or lost rules, whoever removed them.
     *
     * @param told takes their names, on a thread of its own
     */
    public static KernelAnnouncements ofRemovedRules(Consumer<String> told) {
        requireNonNull(told, "told");
        var only = new NetlinkFilter(DELTABLE, DELRULE);
        return new KernelAnnouncements(
                NetlinkSocket.listening(NetlinkSocket.NETFILTER, NFNLGRP_NFTABLES, only), answer -> {
                    if (answer.type() == DELTABLE || answer.type() == DELRULE) {
                        told.accept(answer.attributes(NFGENMSG).text(1));
                    }
                });
    }

    private void listen(Consumer<NetlinkAnswer> told) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(SIZE, 4);
            while (!closed) {
                for (NetlinkAnswer answer : socket.await(buffer)) {
                    if (!closed) {
                        told.accept(answer);
                    }
                }
            }
        } finally {
            end();
        }
    }

    private synchronized void end() {
        closed = true;
        socket.close();
    }

    /** Ends the waiting: the kernel acknowledges a message of no meaning, which wakes the thread. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            socket.wake();
        }
    }
}
