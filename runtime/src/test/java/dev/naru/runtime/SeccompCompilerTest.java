package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.Syscall;
import dev.naru.oci.Seccomp;
import dev.naru.oci.SeccompArgument;
import dev.naru.oci.SeccompRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SeccompCompilerTest {
    private static final List<SeccompArchitecture> X86 =
            List.of(SeccompArchitecture.X86_64, SeccompArchitecture.X86, SeccompArchitecture.X32);
    private static final List<String> OPERATIONS = List.of("EQ", "NE", "LT", "LE", "GT", "GE", "MASKED_EQ");
    private static final List<String> ACTIONS =
            List.of("ALLOW", "ERRNO", "KILL_PROCESS", "KILL_THREAD", "TRAP", "TRACE", "LOG");
    private static final long[] EDGES = {
        0,
        1,
        2,
        0x7FFF_FFFFL,
        0x8000_0000L,
        0xFFFF_FFFFL,
        0x1_0000_0000L,
        0x1_0000_0001L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1
    };

    private final HostFeatures host = new HostFeatures();
    private final SeccompProfiles profiles = new SeccompProfiles(host);
    private final SeccompCompiler compiler = new SeccompCompiler();

    @Test
    void filterSaysOfEveryCallWhatTheDefaultProfileSays() {
        for (CapabilitySet capabilities : List.of(
                CapabilitySet.DEFAULT,
                new CapabilitySet(0),
                new CapabilitySet(-1L),
                CapabilitySet.of(List.of("SYS_ADMIN")))) {
            Seccomp profile = profiles.standard(capabilities);
            assertSameMeaning(profile, new Random(capabilities.bits()));
        }
    }

    @Test
    void filterSaysOfEveryCallWhatAnyProfileSays() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            assertSameMeaning(randomProfile(random), random);
        }
    }

    @Test
    void callsOfArchitecturesOutsideTheProfileEndTheProcess() {
        Seccomp profile = new Seccomp("SCMP_ACT_ALLOW", null, List.of("SCMP_ARCH_X86_64"), null, List.of());
        FilterInterpreter filter =
                new FilterInterpreter(compiler.compile(profile).program());

        assertThat(filter.run(SeccompArchitecture.X86.token(), 1, new long[6])).isEqualTo(SeccompActions.KILL_PROCESS);
        assertThat(filter.run(SeccompArchitecture.X86_64.token(), 1 | SeccompArchitecture.X32_BIT, new long[6]))
                .isEqualTo(SeccompActions.KILL_PROCESS);
        assertThat(filter.run(SeccompArchitecture.X86_64.token(), 1, new long[6]))
                .isEqualTo(SeccompActions.ALLOW);
    }

    @Test
    void anyCallPassesInFewInstructions() {
        SeccompFilter compiled = compiler.compile(profiles.standard(CapabilitySet.DEFAULT));
        FilterInterpreter filter = new FilterInterpreter(compiled.program());

        int most = IntStream.range(0, 500)
                .map(number -> {
                    filter.run(SeccompArchitecture.X86_64.token(), number, new long[6]);
                    return filter.steps();
                })
                .max()
                .orElseThrow();

        assertThat(most).isLessThan(24);
        assertThat(compiled.instructions()).isLessThan(600);
    }

    @Test
    void compiledOnceForEachProfile() {
        Seccomp profile = profiles.standard(CapabilitySet.DEFAULT);

        assertThat(compiler.compile(profile)).isSameAs(compiler.compile(profile));
        assertThat(profiles.standard(CapabilitySet.DEFAULT)).isSameAs(profile);
    }

    @Test
    void kernelRefusesWhatTheDefaultProfileRefuses() throws Exception {
        SeccompFilter filter = compiler.compile(profiles.standard(CapabilitySet.DEFAULT));
        List<Long> answers = new ArrayList<>();
        // A filter belongs to a thread and ends with it.
        Thread thread = Thread.ofPlatform().start(() -> {
            install(filter);
            answers.add(Syscall.UNSHARE.raw(NamespaceType.UTS.flag(), 0, 0));
            answers.add(Syscall.BPF.raw(0, 0, 0));
            answers.add(Syscall.SOCKET.raw(40, 1, 0));
            answers.add(Syscall.SOCKET.raw(39, 9, 99));
            answers.add(Syscall.KILL.raw(-1_000_000, 0, 0));
        });
        thread.join();

        assertThat(answers).hasSize(5);
        assertThat(answers.subList(0, 3)).containsOnly((long) -Errno.EPERM);
        assertThat(answers.get(3)).isNotEqualTo(-Errno.EPERM);
        assertThat(answers.get(4)).isEqualTo(-Errno.ESRCH);
    }

    @Test
    void unknownCallsAreSkippedAndUnknownWordsRefused() {
        SeccompRule future = rule("ALLOW", List.of("a_call_of_the_future"), List.of());
        assertThat(compiler.compile(new Seccomp("SCMP_ACT_ERRNO", 1, null, null, List.of(future)))
                        .program())
                .isNotEmpty();

        assertRefused("SCMP_ACT_PLEASE", ErrorKind.INVALID);
        assertRefused("SCMP_ACT_NOTIFY", ErrorKind.NOT_SUPPORTED);
        assertThatThrownBy(() -> compiler.compile(
                        new Seccomp("SCMP_ACT_ALLOW", null, null, List.of("SECCOMP_FILTER_FLAG_X"), List.of())))
                .isInstanceOf(NaruException.class);
        assertThatThrownBy(() -> compiler.compile(new Seccomp("SCMP_ACT_ALLOW", null, List.of("Z80"), null, List.of())))
                .isInstanceOf(NaruException.class);
    }

    private void assertRefused(String action, ErrorKind kind) {
        assertThatThrownBy(() -> compiler.compile(new Seccomp(action, null, null, null, List.of())))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(action);
    }

    private void assertSameMeaning(Seccomp profile, Random random) {
        FilterInterpreter filter =
                new FilterInterpreter(compiler.compile(profile).program());
        for (SeccompArchitecture architecture : X86) {
            int bit = architecture == SeccompArchitecture.X32 ? SeccompArchitecture.X32_BIT : 0;
            for (int number = 0; number < 560; number++) {
                for (int round = 0; round < 4; round++) {
                    long[] arguments = random.longs(6)
                            .map(any -> EDGES[(int) Long.remainderUnsigned(any, EDGES.length)] + ((any >>> 62) - 1))
                            .toArray();
                    int said = filter.run(architecture.token(), number | bit, arguments);
                    int meant = ProfileMeaning.of(profile, architecture, number | bit, arguments);
                    if (said != meant) {
                        assertThat(said)
                                .as("%s %d %s", architecture, number, Arrays.toString(arguments))
                                .isEqualTo(meant);
                    }
                }
            }
        }
    }

    private static Seccomp randomProfile(Random random) {
        List<String> names = List.copyOf(SyscallTable.load().names());
        List<SeccompRule> rules = new ArrayList<>();
        for (int i = random.nextInt(30); i >= 0; i--) {
            List<String> some = random.ints(1 + random.nextInt(8), 0, names.size())
                    .mapToObj(names::get)
                    .toList();
            List<SeccompArgument> arguments = new ArrayList<>();
            for (int j = random.nextInt(4); j > 0; j--) {
                long value = EDGES[random.nextInt(EDGES.length)] + random.nextInt(3) - 1;
                long two = random.nextBoolean() ? value : EDGES[random.nextInt(EDGES.length)];
                arguments.add(new SeccompArgument(
                        random.nextInt(6),
                        value,
                        two,
                        "SCMP_CMP_" + OPERATIONS.get(random.nextInt(OPERATIONS.size()))));
            }
            rules.add(rule(ACTIONS.get(random.nextInt(ACTIONS.size())), some, arguments));
        }
        return new Seccomp(
                "SCMP_ACT_" + ACTIONS.get(random.nextInt(ACTIONS.size())),
                random.nextInt(40),
                List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"),
                null,
                rules);
    }

    private static SeccompRule rule(String action, List<String> names, List<SeccompArgument> arguments) {
        return new SeccompRule(names, "SCMP_ACT_" + action, null, arguments);
    }

    /** SECCOMP_SET_MODE_FILTER with a struct sock_fprog. */
    private static void install(SeccompFilter filter) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code =
                    arena.allocate(filter.program().length, 8).copyFrom(MemorySegment.ofArray(filter.program()));
            MemorySegment program = arena.allocate(16, 8);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) filter.instructions());
            program.set(ValueLayout.JAVA_LONG, 8, code.address());
            Syscall.SECCOMP.call("filter", 1, 0, program.address());
        }
    }
}
