package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.LinuxException;
import dev.naru.linux.Syscall;
import dev.naru.oci.DeviceRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Device rules as an eBPF program, which is how version 2 has them (BPF_PROG_TYPE_CGROUP_DEVICE).
 *
 * <p>The kernel asks with type, access and numbers (struct bpf_cgroup_dev_ctx). The last rule that speaks of the request
 * decides, as with version 1's files written in that order; without any the answer is no.
 */
final class DeviceProgram {
    private static final int PROG_LOAD = 5;
    private static final int PROG_ATTACH = 8;
    private static final int TYPE_CGROUP_DEVICE = 15;
    private static final int ATTACH_CGROUP_DEVICE = 6;
    private static final int ALLOW_MULTI = 2;
    private static final int MOST_RULES = 256;

    private static final int ANSWER = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;
    private static final int SCRATCH = 6;

    private final List<DeviceAccess> rules;

    private DeviceProgram(List<DeviceAccess> rules) {
        this.rules = List.copyOf(rules);
    }

    static DeviceProgram of(List<DeviceRule> rules) {
        if (rules.size() > MOST_RULES) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot use " + rules.size() + " device rules",
                    "at most " + MOST_RULES + " are possible",
                    "give ranges with * instead");
        }
        return new DeviceProgram(rules.stream().map(DeviceAccess::of).toList());
    }

    boolean allowsEverything() {
        return !rules.isEmpty()
                && rules.getLast().everything()
                && rules.getLast().allow();
    }

    /** The instructions. */
    byte[] assemble() {
        BpfAssembler code = new BpfAssembler();
        code.load32(TYPE, CONTEXT, 0);
        code.move(ACCESS, TYPE);
        code.andNumber(TYPE, 0xFFFF);
        code.shiftRight(ACCESS, 16);
        code.load32(MAJOR, CONTEXT, 4);
        code.load32(MINOR, CONTEXT, 8);
        List<DeviceAccess> effective = effective();
        effective.forEach(rule -> rule(code, rule));
        if (effective.isEmpty() || !effective.getLast().everything()) {
            code.moveNumber(ANSWER, 0);
            code.exit();
        }
        return code.bytes();
    }

    /** Rules from the last to the first that matters: the verifier refuses code after a rule for everything. */
    private List<DeviceAccess> effective() {
        List<DeviceAccess> effective = new ArrayList<>();
        for (DeviceAccess rule : rules.reversed()) {
            if (rule.everything() && !rule.allow()) {
                break;
            }
            effective.add(rule);
            if (rule.everything()) {
                break;
            }
        }
        return effective;
    }

    private static void rule(BpfAssembler code, DeviceAccess rule) {
        int tests = (rule.type() == 'a' ? 0 : 1) + (rule.major() < 0 ? 0 : 1) + (rule.minor() < 0 ? 0 : 1);
        // What follows the tests: three for the access, two for the answer.
        int left = tests + (rule.access() == DeviceAccess.ALL ? 0 : 3) + 2;
        if (rule.type() != 'a') {
            code.jumpIfDiffers(TYPE, rule.type() == 'b' ? 1 : 2, --left);
        }
        if (rule.major() >= 0) {
            code.jumpIfDiffers(MAJOR, (int) rule.major(), --left);
        }
        if (rule.minor() >= 0) {
            code.jumpIfDiffers(MINOR, (int) rule.minor(), --left);
        }
        if (rule.access() != DeviceAccess.ALL) {
            code.move(SCRATCH, ACCESS);
            if (rule.allow()) {
                // Allowed when nothing beyond the rule is asked for.
                code.andNumber(SCRATCH, ~rule.access() & DeviceAccess.ALL);
                code.jumpIfDiffers(SCRATCH, 0, 2);
            } else {
                code.andNumber(SCRATCH, rule.access());
                code.jumpIfEqual(SCRATCH, 0, 2);
            }
        }
        code.moveNumber(ANSWER, rule.allow() ? 1 : 0);
        code.exit();
    }

    /** Loads the program and attaches it to a group for as long as the group lives. */
    void attach(String directory) {
        try (Descriptor group = Descriptor.open(directory, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                Descriptor program = load();
                Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(128, 8);
            attributes.set(ValueLayout.JAVA_INT, 0, group.number());
            attributes.set(ValueLayout.JAVA_INT, 4, program.number());
            attributes.set(ValueLayout.JAVA_INT, 8, ATTACH_CGROUP_DEVICE);
            attributes.set(ValueLayout.JAVA_INT, 12, ALLOW_MULTI);
            Syscall.BPF.call(directory, PROG_ATTACH, attributes.address(), 20);
        } catch (LinuxException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot set device rules of " + directory, e);
        }
    }

    private Descriptor load() {
        byte[] code = assemble();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment instructions = arena.allocate(code.length, 8).copyFrom(MemorySegment.ofArray(code));
            MemorySegment attributes = arena.allocate(128, 8);
            attributes.set(ValueLayout.JAVA_INT, 0, TYPE_CGROUP_DEVICE);
            attributes.set(ValueLayout.JAVA_INT, 4, code.length / 8);
            attributes.set(ValueLayout.JAVA_LONG, 8, instructions.address());
            attributes.set(
                    ValueLayout.JAVA_LONG, 16, arena.allocateFrom("Apache-2.0").address());
            return new Descriptor((int) Syscall.BPF.call("device program", PROG_LOAD, attributes.address(), 72));
        }
    }
}
