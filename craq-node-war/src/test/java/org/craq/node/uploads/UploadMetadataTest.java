package org.craq.node.uploads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parsing of the header Upload-Metadata. */
class UploadMetadataTest {
    @Test
    void tellsNameTypeAndTheRest() {
        UploadMetadata metadata =
                UploadMetadata.parse("filename w6QvYi50eHQ=,filetype dGV4dC9wbGFpbg==, Colour Ymx1ZQ==,private");
        assertThat(metadata.fileName()).isEqualTo("\u00e4/b.txt");
        assertThat(metadata.contentType()).isEqualTo("text/plain");
        assertThat(metadata.userMetadata()).isEqualTo(Map.of("colour", "blue", "private", ""));
    }

    @Test
    void mayBeAbsent() {
        assertThat(UploadMetadata.parse("").values()).isEmpty();
        assertThat(UploadMetadata.parse("").fileName()).isEmpty();
    }

    @Test
    void whatAnOlderBuildTookIsReadButNotSentBack() {
        UploadMetadata metadata = UploadMetadata.kept("filename YQ==,k\u00e9y Ymx1ZQ==");
        assertThat(metadata.fileName()).isEqualTo("a");
        assertThat(metadata.header()).isEmpty();
        assertThat(UploadMetadata.kept("filename YQ==").header()).isEqualTo("filename YQ==");
    }

    @Test
    void keysThatDifferOnlyInTheirCaseAreRefused() {
        assertThatThrownBy(UploadMetadata.parse("Colour YQ==,colour Yg==")::userMetadata)
                .hasMessageContaining("twice");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ",",
                "a YQ==,",
                "filename !",
                "filename YQ==,filename Yg==",
                "filename /w==",
                "a YQ== YQ==",
                "k\u00e9y YQ==",
                "a\tYQ==",
                "a YQ\u0000=="
            })
    void namesWhatIsWrong(String header) {
        assertThatThrownBy(() -> UploadMetadata.parse(header))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Upload-Metadata");
    }
}
