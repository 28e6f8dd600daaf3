package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A netlink socket. It belongs to the network namespace of the thread that opened it for all its life, whichever
 * thread uses it afterwards.
 *
 * <p>The kernel works a request off inside the send, so the answers are there when it returns.
 */
public final class NetlinkSocket implements AutoCloseable {
    static final int ROUTE = 0;
    static final int NETFILTER = 12;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int ENOBUFS = 105;
    private static final int NLMSG_NOOP = 1;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int ERROR_PAYLOAD = 20;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final int RECEIVE = 32 * 1024;
    private static final int BIG_REQUEST = 96 * 1024;

    /**
     * The kernel has one lock for the links of all namespaces (rtnl), and whoever waits for it there holds a virtual
     * thread's carrier: so they wait here.
     */
    private static final ReentrantLock ROUTING = new ReentrantLock();

    private final Descriptor socket;
    private final ReentrantLock lock;

    private NetlinkSocket(Descriptor socket, ReentrantLock lock) {
        this.socket = socket;
        this.lock = lock;
    }

    /** Opens a socket in the calling thread's network namespace. */
    static NetlinkSocket open(int protocol) {
        return open(protocol, protocol == ROUTE ? ROUTING : new ReentrantLock());
    }

    /** Like {@link #open}, without waiting for the exchanges of other sockets. */
    static NetlinkSocket openApart(int protocol) {
        return open(protocol, new ReentrantLock());
    }

    /** Opens a socket that hears what the kernel announces to a group, as far as the filter takes it. */
    static NetlinkSocket listening(int protocol, int group, NetlinkFilter filter) {
        NetlinkSocket socket = openApart(protocol);
        filter.attach(socket.socket);
        option(socket.socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
        // What it sends first gives it its number, without which it is passed over (net/netlink/af_netlink.c).
        socket.wake();
        return socket;
    }

    /** Waits in the kernel for the next announcements; none when so many came that some were lost. */
    List<NetlinkAnswer> await(MemorySegment buffer) {
        long size = Syscall.RECVFROM.raw(socket.number(), buffer.address(), buffer.byteSize(), 0, 0, 0);
        var answers = new ArrayList<NetlinkAnswer>();
        if (size < 0 && size != -Errno.EINTR && size != -ENOBUFS) {
            throw new LinuxException("recvfrom", "announcements", (int) -size);
        }
        for (long at = 0; at + NetlinkBatch.HEADER <= size; ) {
            var message = NetlinkAnswer.at(buffer, at);
            answers.add(message);
            at += Math.max(NetlinkBatch.HEADER, (message.length() + 3) & ~3);
        }
        return answers;
    }

    /** Has the kernel answer something to who waits. */
    void wake() {
        try (Arena arena = Arena.ofConfined()) {
            send(new NetlinkBatch().message(NLMSG_NOOP, NetlinkBatch.NLM_F_ACK, "wake", m -> {}), arena);
        }
    }

    private static NetlinkSocket open(int protocol, ReentrantLock lock) {
        var socket = new Descriptor((int) Syscall.SOCKET.call("netlink", AF_NETLINK, SOCK_RAW_CLOEXEC, protocol));
        try {
            option(socket, SOL_NETLINK, NETLINK_CAP_ACK, 1);
            option(socket, SOL_NETLINK, NETLINK_EXT_ACK, 1);
            return new NetlinkSocket(socket, lock);
        } catch (LinuxException failure) {
            socket.close();
            throw failure;
        }
    }

    /**
     * Sends the messages and returns what came back besides acknowledgements.
     *
     * @throws LinuxException with the kernel's own explanation, for the first message that failed
     */
    List<NetlinkAnswer> exchange(NetlinkBatch batch) {
        lock.lock();
        try (Arena arena = Arena.ofConfined()) {
            send(batch, arena);
            return receive(batch, arena);
        } finally {
            lock.unlock();
        }
    }

    private void send(NetlinkBatch batch, Arena arena) {
        if (batch.length() > BIG_REQUEST) {
            option(socket, SOL_SOCKET, SO_SNDBUFFORCE, batch.length() * 2);
        }
        MemorySegment request = arena.allocate(batch.length(), 4);
        MemorySegment.copy(batch.array(), 0, request, ValueLayout.JAVA_BYTE, 0, batch.length());
        Syscall.SENDTO.call(batch.subject(1), socket.number(), request.address(), batch.length(), 0, 0, 0);
    }

    private List<NetlinkAnswer> receive(NetlinkBatch batch, Arena arena) {
        MemorySegment buffer = arena.allocate(RECEIVE, 4);
        var answers = new ArrayList<NetlinkAnswer>();
        LinuxException failure = null;
        while (true) {
            long size = Syscall.RECVFROM.raw(socket.number(), buffer.address(), RECEIVE, MSG_DONTWAIT, 0, 0);
            if (size == -Errno.EAGAIN) {
                break;
            }
            if (size < 0 && size != -Errno.EINTR) {
                throw new LinuxException("recvfrom", batch.subject(1), (int) -size);
            }
            for (long at = 0; at + NetlinkBatch.HEADER <= size; ) {
                var message = NetlinkAnswer.at(buffer, at);
                LinuxException error = message.type() == NLMSG_ERROR ? error(batch, message) : null;
                if (error != null && failure == null) {
                    failure = error;
                } else if (message.type() != NLMSG_ERROR && message.type() != NLMSG_DONE) {
                    answers.add(message);
                }
                at += Math.max(NetlinkBatch.HEADER, (message.length() + 3) & ~3);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return answers;
    }

    private static @Nullable LinuxException error(NetlinkBatch batch, NetlinkAnswer answer) {
        int errno = -answer.int32(0);
        if (errno == 0 || batch.tolerates(answer.sequence(), errno)) {
            return null;
        }
        String subject = batch.subject(answer.sequence());
        if ((answer.flags() & NLM_F_ACK_TLVS) != 0) {
            String reason = answer.attributes(ERROR_PAYLOAD).text(NLMSGERR_ATTR_MSG);
            subject = reason.isEmpty() ? subject : subject + " (" + reason + ")";
        }
        return new LinuxException("netlink", subject, errno);
    }

    private static void option(Descriptor socket, int level, int option, int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            Syscall.SETSOCKOPT.call("netlink", socket.number(), level, option, number.address(), 4);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
