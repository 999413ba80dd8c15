package org.craq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64",
        "[2001:db8:1:2::9], 2001:db8:1:2:0:0:0:0/64",
        "fe80::1%eth0, fe80:0:0:0:0:0:0:0/64",
        "[fe80::1%2], fe80:0:0:0:0:0:0:0/64",
        "::1, 0:0:0:0:0:0:0:0/64",
        "::ffff:10.0.0.1, 10.0.0.1",
        "unknown, unknown",
        "no:address, no:address",
        "'', ''"
    })
    void callersAreCountedByAddressOrNetwork(String address, String counted) {
        assertThat(CallerAddress.of(address)).isEqualTo(counted);
    }
}
