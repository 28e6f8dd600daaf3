/** The only door to the kernel: system calls, netlink, nftables, mounts, extended attributes. */
@NullMarked
package dev.naru.linux;

import org.jspecify.annotations.NullMarked;
