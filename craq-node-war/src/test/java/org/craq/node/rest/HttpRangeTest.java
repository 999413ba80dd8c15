package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=99-99, 99, 1",
        "bytes=10-, 10, 90",
        "bytes=10-1000, 10, 90",
        "bytes=-7, 93, 7",
        "bytes=-1000, 0, 100",
        "bytes=10-9999999999999999999, 10, 90",
        "bytes=10-99999999999999999999999999999999999999, 10, 90",
        "bytes=-9999999999999999999, 0, 100",
        "bytes=00000000000000000000010-10, 10, 1",
        "bytes = 3 - 5, 3, 3",
        "BYTES=3-5, 3, 3"
    })
    void understandsASingleRange(String header, long offset, long length) {
        assertThat(HttpRange.parse(header, 100)).containsExactly(new HttpRange(offset, length));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes=",
                "bytes=,",
                "bytes=0-1;5-6",
                "bytes=0-1,x",
                "bytes=0-1,9-8",
                "chars=0-1",
                "bytes=5-4",
                "bytes=-",
                "bytes=a-b",
                "bytes=99999999999999999999-9"
            })
    void ignoresWhatItDoesNotUnderstand(String header) {
        assertThat(HttpRange.parse(header, 100)).isEmpty();
    }

    @Test
    void understandsSeveralRangesInTheirOrder() {
        assertThat(HttpRange.parse("bytes=50-59, 0-4 ,,-3", 100))
                .containsExactly(new HttpRange(50, 10), new HttpRange(0, 5), new HttpRange(97, 3));
    }

    @Test
    void leavesOutOfSeveralWhatLiesOutside() {
        assertThat(HttpRange.parse("bytes=100-200,7-7,-0", 100)).containsExactly(new HttpRange(7, 1));
    }

    @Test
    void whoeverWantsMoreBytesOrPiecesThanThereAreGetsTheWhole() {
        assertThat(HttpRange.parse("bytes=0-99,0-0", 100)).isEmpty();
        assertThat(HttpRange.parse("bytes=0-49,50-99", 100)).hasSize(2);
        String pieces = String.join(",", Collections.nCopies(HttpRange.MAX_RANGES, "1-1"));
        assertThat(HttpRange.parse("bytes=" + pieces, 100)).hasSize(HttpRange.MAX_RANGES);
        assertThat(HttpRange.parse("bytes=" + pieces + ",1-1", 100)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=100-,-0",
                "bytes=100-",
                "bytes=100-200",
                "bytes=-0",
                "bytes=9999999999999999999-",
                "bytes=99999999999999999999-"
            })
    void refusesWhatLiesOutside(String header) {
        assertThatThrownBy(() -> HttpRange.parse(header, 100))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RANGE_NOT_SATISFIABLE));
    }

    @Test
    void anEmptyFileHasNoRanges() {
        assertThatThrownBy(() -> HttpRange.parse("bytes=0-", 0)).isInstanceOf(CraqException.class);
        assertThatThrownBy(() -> HttpRange.parse("bytes=-0", 0)).isInstanceOf(CraqException.class);
        // A suffix that is longer than the representation selects all of it (RFC 9110 section 14.1.2).
        assertThat(HttpRange.parse("bytes=-5", 0)).isEmpty();
        assertThat(HttpRange.parse("bytes=0-0,-5", 0)).isEmpty();
        assertThat(HttpRange.parse(null, 0)).isEmpty();
    }

    @Test
    void saysWhatItIsAPartOf() {
        assertThat(new HttpRange(10, 5).contentRange(100)).isEqualTo("bytes 10-14/100");
    }
}
