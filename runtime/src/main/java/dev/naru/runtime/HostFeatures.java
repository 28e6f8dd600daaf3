package dev.naru.runtime;

import dev.naru.linux.KernelFile;
import java.util.function.Supplier;

/** What the host's kernel offers; each fact is read when it is first asked for and then kept. */
public final class HostFeatures {
    private final Supplier<ControlGroups> controlGroups = Once.of(ControlGroups::ofHost);
    private final Supplier<Boolean> seccomp = Once.of(HostFeatures::readSeccomp);
    private final Supplier<Boolean> appArmor = Once.of(HostFeatures::readAppArmor);
    private final Supplier<Boolean> seLinux = Once.of(() -> KernelFile.exists("/sys/fs/selinux/enforce"));
    private final Supplier<String> kernel =
            Once.of(() -> KernelFile.read("/proc/sys/kernel/osrelease").strip());
    private final Supplier<CapabilitySet> capabilities = Once.of(HostFeatures::readCapabilities);

    public ControlGroups controlGroups() {
        return controlGroups.get();
    }

    /** Whether the kernel runs system call filters. */
    public boolean seccomp() {
        return seccomp.get();
    }

    public boolean appArmor() {
        return appArmor.get();
    }

    public boolean seLinux() {
        return seLinux.get();
    }

    /** Whether user namespaces can be made. */
    public boolean userNamespaces() {
        return KernelFile.exists("/proc/self/ns/user")
                && KernelFile.readIfPresent("/proc/sys/user/max_user_namespaces")
                        .map(text -> !text.strip().equals("0"))
                        .orElse(true);
    }

    /** The kernel's release, such as 6.1.0-18-amd64. */
    public String kernelRelease() {
        return kernel.get();
    }

    /** Whether the kernel is of this version or a later one. */
    public boolean kernelAtLeast(int major, int minor) {
        String[] parts = kernelRelease().split("[^0-9]", 3);
        int hostMajor = number(parts, 0);
        return hostMajor > major || (hostMajor == major && number(parts, 1) >= minor);
    }

    /** The highest number of a capability that the kernel knows. */
    public int lastCapability() {
        return Integer.parseInt(KernelFile.read("/proc/sys/kernel/cap_last_cap").strip());
    }

    /** What this process can give to a container: what it has and may pass on. */
    public CapabilitySet capabilities() {
        return capabilities.get();
    }

    /** Bytes of memory. */
    public long memory() {
        return HostMemory.total();
    }

    /** Bytes of swap. */
    public long swap() {
        return HostMemory.swap();
    }

    /** Processors that are on line. */
    public int processors() {
        return CpuList.of(KernelFile.read("/sys/devices/system/cpu/online").strip())
                .size();
    }

    private static int number(String[] parts, int index) {
        return index < parts.length && parts[index].matches("[0-9]{1,6}") ? Integer.parseInt(parts[index]) : 0;
    }

    private static boolean readSeccomp() {
        return KernelFile.read("/proc/self/status").contains("\nSeccomp:");
    }

    private static boolean readAppArmor() {
        return KernelFile.exists("/sys/kernel/security/apparmor")
                && KernelFile.readIfPresent("/sys/module/apparmor/parameters/enabled")
                        .orElse("")
                        .startsWith("Y");
    }

    private static CapabilitySet readCapabilities() {
        String status = KernelFile.read("/proc/self/status");
        return new CapabilitySet(hexadecimal(status, "CapPrm:") & hexadecimal(status, "CapBnd:"));
    }

    private static long hexadecimal(String status, String field) {
        int start = status.indexOf(field) + field.length();
        return Long.parseUnsignedLong(
                status.substring(start, status.indexOf('\n', start)).strip(), 16);
    }
}
