package dev.naru.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes eBPF instructions (kernel documentation, bpf/standardization/instruction-set). */
final class BpfAssembler {
    private static final int CAPACITY = 4096;

    private final ByteBuffer code = ByteBuffer.allocate(CAPACITY * 8).order(ByteOrder.LITTLE_ENDIAN);

    /** target = *(u32 *)(source + offset). */
    void load32(int target, int source, int offset) {
        emit(0x61, target, source, offset, 0);
    }

    void move(int target, int source) {
        emit(0xbf, target, source, 0, 0);
    }

    void moveNumber(int target, int number) {
        emit(0xb7, target, 0, 0, number);
    }

    void andNumber(int target, int number) {
        emit(0x54, target, 0, 0, number);
    }

    void shiftRight(int target, int bits) {
        emit(0x74, target, 0, 0, bits);
    }

    /** Jumps over some instructions when the lower 32 bits of a register differ from a number. */
    void jumpIfDiffers(int register, int number, int over) {
        emit(0x56, register, 0, over, number);
    }

    /** Jumps over some instructions when the lower 32 bits of a register equal a number. */
    void jumpIfEqual(int register, int number, int over) {
        emit(0x16, register, 0, over, number);
    }

    void exit() {
        emit(0x95, 0, 0, 0, 0);
    }

    int instructions() {
        return code.position() / 8;
    }

    byte[] bytes() {
        return java.util.Arrays.copyOf(code.array(), code.position());
    }

    private void emit(int opcode, int target, int source, int offset, int number) {
        code.put((byte) opcode)
                .put((byte) ((source << 4) | target))
                .putShort((short) offset)
                .putInt(number);
    }
}
