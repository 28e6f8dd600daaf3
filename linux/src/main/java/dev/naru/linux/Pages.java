package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for megabytes that live for a moment. The kernel clears it when it is first used, in large pages where it has
 * them, and takes it back at once; an arena's own memory is cleared a second time, page by page, and stays with the C
 * library.
 */
public final class Pages {
    private static final long LARGE = 2 << 20;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE = 0x2;
    private static final int ANONYMOUS = 0x20;
    private static final int NO_RESERVE = 0x4000;
    private static final int ADVICE_LARGE = 14;

    private Pages() {}

    /**
     * Takes memory, which goes with the arena (mmap(2), madvise(2) MADV_HUGEPAGE).
     *
     * @param size bytes; what is not used costs nothing
     * @throws LinuxException ENOMEM
     */
    public static MemorySegment allocate(Arena arena, long size) {
        long whole = size + LARGE;
        long address = Syscall.MMAP.raw(0, whole, READ_WRITE, PRIVATE | ANONYMOUS | NO_RESERVE, -1, 0);
        if (address < 0 && address > -4096) {
            throw new LinuxException("mmap", size + " bytes", (int) -address);
        }
        MemorySegment mapping = MemorySegment.ofAddress(address)
                .reinterpret(whole, arena, memory -> Syscall.MUNMAP.raw(memory.address(), whole, 0));
        long aligned = (address + LARGE - 1) & -LARGE;
        // A kernel without large pages refuses the advice, and nothing else changes.
        Syscall.MADVISE.raw(aligned, size, ADVICE_LARGE);
        return mapping.asSlice(aligned - address, size);
    }
}
