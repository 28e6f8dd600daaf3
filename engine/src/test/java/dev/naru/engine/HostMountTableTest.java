package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HostMountTableTest {
    private final HostMountTable mounts = new HostMountTable("""
            20 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            21 20 0:30 / /shared rw shared:5 - tmpfs tmpfs rw
            22 20 0:31 / /slave rw master:5 - tmpfs tmpfs rw
            """);

    @Test
    void propagationNeedsAMountThatPropagates() {
        assertThatCode(() -> mounts.require("/shared/x", "rshared")).doesNotThrowAnyException();
        assertThatCode(() -> mounts.require("/slave", "slave")).doesNotThrowAnyException();
        assertThatCode(() -> mounts.require("/home", "rprivate")).doesNotThrowAnyException();
        assertThatThrownBy(() -> mounts.require("/home", "rslave"))
                .hasMessage("path /home is mounted on / but it is not a shared or slave mount");
        assertThatThrownBy(() -> mounts.require("/slave/a", "shared"))
                .hasMessage("path /slave/a is mounted on /slave but it is not a shared mount");
        assertThatThrownBy(() -> mounts.require("/sharedish", "shared")).hasMessageContaining("mounted on / ");
    }
}
