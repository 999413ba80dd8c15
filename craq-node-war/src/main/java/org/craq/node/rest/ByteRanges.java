package org.craq.node.rest;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An answer with several ranges, {@code multipart/byteranges}: RFC 9110 section 14.6. Its length is known in advance.
 *
 * @param boundary random, so that it almost certainly does not occur in the content
 * @param contentType media type of the whole representation
 * @param total bytes in the whole representation
 */
record ByteRanges(String boundary, String contentType, long total, List<HttpRange> ranges) {
    /** Writes the bytes of a range. */
    interface Source {
        void write(HttpRange range) throws IOException;
    }

    ByteRanges {
        ranges = List.copyOf(ranges);
    }

    String mediaType() {
        return "multipart/byteranges; boundary=" + boundary;
    }

    long length() {
        return ranges.stream()
                        .mapToLong(range -> head(range).length + range.length())
                        .sum()
                + end().length;
    }

    void write(OutputStream output, Source source) throws IOException {
        for (HttpRange range : ranges) {
            output.write(head(range));
            source.write(range);
        }
        output.write(end());
    }

    private byte[] head(HttpRange range) {
        return ascii("\r\n--" + boundary + "\r\nContent-Type: " + contentType + "\r\nContent-Range: "
                + range.contentRange(total) + "\r\n\r\n");
    }

    private byte[] end() {
        return ascii("\r\n--" + boundary + "--\r\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
