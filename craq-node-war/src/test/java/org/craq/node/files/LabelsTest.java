package org.craq.node.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsTest {
    private static Labels labels(String contentType, Map<String, String> metadata) {
        return new Labels(contentType, metadata);
    }

    @Test
    void takesWhatFitsIntoHeaders() {
        assertThat(labels("text/plain; charset=utf-8", Map.of("Author", "Jörg", "x.y-z_1", ""))
                        .userMetadata())
                .hasSize(2);
        assertThat(labels("", Map.of()).contentType()).isEmpty();
    }

    @Test
    void refusesWhatWouldBreakAHeader() {
        assertThatThrownBy(() -> labels("", Map.of("a", "b\r\nSet-Cookie: c")))
                .hasMessageContaining("control character");
        assertThatThrownBy(() -> labels("", Map.of("a b", "c"))).hasMessageContaining("a key of user metadata");
        assertThatThrownBy(() -> labels("text", Map.of())).hasMessageContaining("media type");
        assertThatThrownBy(() -> labels("text/plain\r\n", Map.of())).hasMessageContaining("media type");
    }

    @Test
    void keepsAMediaTypeAsItCameAndRefusesWhatIsNone() {
        assertThat(labels("Text/plain;charset=\"utf-8\"", Map.of()).contentType())
                .isEqualTo("Text/plain;charset=\"utf-8\"");
        assertThatThrownBy(() -> labels("text/plain; charset", Map.of())).hasMessageContaining("media type");
        assertThatThrownBy(() -> labels("text/plain,text/html", Map.of())).hasMessageContaining("media type");
    }

    @Test
    void refusesMoreMetadataThanAPageOfAListingCouldCarry() {
        assertThat(labels("", Map.of("k", "x".repeat(2047))).userMetadata()).hasSize(1);
        assertThatThrownBy(() -> labels("", Map.of("k", "x".repeat(2048)))).hasMessageContaining("2048 bytes");
    }
}
