/** Records of the OCI image, runtime and distribution specifications. No input or output. */
@NullMarked
package dev.naru.oci;

import org.jspecify.annotations.NullMarked;
