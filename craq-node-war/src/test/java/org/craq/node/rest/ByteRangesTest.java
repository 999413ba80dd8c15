package org.craq.node.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ByteRangesTest {
    private static final String CONTENT = "0123456789";

    private final ByteRanges ranges =
            new ByteRanges("B", "text/plain", 10, List.of(new HttpRange(7, 3), new HttpRange(0, 1)));

    private byte[] written() throws IOException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        ranges.write(
                output,
                range -> output.write(
                        CONTENT.getBytes(StandardCharsets.US_ASCII), (int) range.offset(), (int) range.length()));
        return output.toByteArray();
    }

    @Test
    void framesEachRangeWithItsPlace() throws IOException {
        assertThat(new String(written(), StandardCharsets.US_ASCII))
                .isEqualTo("\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 7-9/10\r\n\r\n789"
                        + "\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-0/10\r\n\r\n0"
                        + "\r\n--B--\r\n");
    }

    @Test
    void knowsItsLengthBeforehand() throws IOException {
        assertThat(ranges.length()).isEqualTo(written().length);
    }
}
