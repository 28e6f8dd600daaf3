package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Which announcements wake the one who listens, decided in the kernel (linux/filter.h). It announces a dozen changes for
 * each container that comes, and few of them concern anybody.
 */
final class NetlinkFilter {
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int NLMSG_ERROR = 2;
    private static final int TYPE = 4;
    /**
     * A packet may hold several messages; one with more than these is taken whatever they are. Older kernels give a socket
     * 20 KiB for a filter, in their own words, which are three times as many (net.core.optmem_max).
     */
    private static final int MOST_MESSAGES = 16;

    private static final int MOST_INSTRUCTIONS = 4096;
    private static final int INSTRUCTION = 8;
    private static final boolean BIG_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    private final ByteBuffer program =
            ByteBuffer.allocate(MOST_INSTRUCTIONS * INSTRUCTION).order(ByteOrder.nativeOrder());

    /** Takes packets that hold a message of one of these types, and answers to what the socket itself sends. */
    NetlinkFilter(int... types) {
        add(Operation.SET_X, 0);
        for (int i = 0; i < MOST_MESSAGES; i++) {
            // Loading from behind the packet's end ends the program, and refuses the packet.
            add(Operation.LOAD_HALF_FROM_X, TYPE);
            takeIf(NLMSG_ERROR);
            for (int type : types) {
                takeIf(type);
            }
            next();
        }
        add(Operation.RETURN, -1);
    }

    private enum Operation {
        SET_X(0x01),
        STORE(0x02),
        ADD(0x04),
        RETURN(0x06),
        TO_X(0x07),
        ADD_X(0x0c),
        JUMP_IF_EQUAL(0x15),
        LOAD_HALF_FROM_X(0x48),
        LOAD_BYTE_FROM_X(0x50),
        AND(0x54),
        LOAD_STORED(0x60),
        LOAD_STORED_TO_X(0x61),
        SHIFT_LEFT(0x64);

        private final int code;

        Operation(int code) {
            this.code = code;
        }
    }

    private void add(Operation operation, int value) {
        add(operation, 0, value);
    }

    private void add(Operation operation, int otherwise, int value) {
        program.putShort((short) operation.code).put((byte) 0).put((byte) otherwise);
        program.putInt(value);
    }

    /** A message's numbers are in the machine's byte order, and the filter loads them as if they were in the network's. */
    private void takeIf(int type) {
        add(Operation.JUMP_IF_EQUAL, 1, BIG_ENDIAN ? type : Short.toUnsignedInt(Short.reverseBytes((short) type)));
        add(Operation.RETURN, -1);
    }

    /** Moves X by the message's length, which is less than 64 KiB, rounded up to four. */
    private void next() {
        add(Operation.LOAD_BYTE_FROM_X, BIG_ENDIAN ? 3 : 0);
        add(Operation.STORE, 0);
        add(Operation.LOAD_BYTE_FROM_X, BIG_ENDIAN ? 2 : 1);
        add(Operation.SHIFT_LEFT, Byte.SIZE);
        add(Operation.ADD_X, 0);
        add(Operation.STORE, 1);
        add(Operation.LOAD_STORED, 0);
        add(Operation.LOAD_STORED_TO_X, 1);
        add(Operation.ADD_X, 0);
        add(Operation.ADD, 3);
        add(Operation.AND, ~3);
        add(Operation.TO_X, 0);
    }

    /** Applies to what arrives at the socket from now on; where the kernel has no room for it, all goes on arriving. */
    void attach(Descriptor socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(program.position(), INSTRUCTION);
            MemorySegment.copy(program.array(), 0, code, ValueLayout.JAVA_BYTE, 0, program.position());
            MemorySegment filter = arena.allocate(16, 8);
            filter.set(ValueLayout.JAVA_SHORT, 0, (short) (program.position() / INSTRUCTION));
            filter.set(ValueLayout.JAVA_LONG, 8, code.address());
            Syscall.SETSOCKOPT.call(
                    "netlink filter", socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, filter.address(), 16);
        } catch (LinuxException refused) {
            if (refused.errno() != Errno.ENOMEM) {
                throw refused;
            }
            System.getLogger("naru.linux").log(System.Logger.Level.DEBUG, "all announcements are listened to", refused);
        }
    }
}
