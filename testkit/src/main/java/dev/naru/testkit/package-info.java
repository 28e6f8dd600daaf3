/** An engine of its own for each test, and the tests of the house. */
@NullMarked
package dev.naru.testkit;

import org.jspecify.annotations.NullMarked;
