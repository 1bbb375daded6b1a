import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.transport.Netty4Plugin;

/** Elasticsearch is one node of its own, which listens on 127.0.0.1: FOLDER HTTP-PORT TRANSPORT-PORT. */
public class Elasticsearch extends Node {
    Elasticsearch(Settings settings) {
        super(new Environment(settings, null), List.of(Netty4Plugin.class), true);
    }

    public static void main(String[] args) throws Exception {
        Elasticsearch node = new Elasticsearch(Settings.builder()
            .put("cluster.name", "tracing-workshop").put("node.name", "one").put("discovery.type", "single-node")
            .put("path.home", args[0]).put("path.data", args[0] + "/data").put("path.logs", args[0] + "/logs")
            .put("network.host", "127.0.0.1").put("http.port", args[1]).put("transport.port", args[2])
            .put("http.type", "netty4").put("transport.type", "netty4")
            .put("cluster.routing.allocation.disk.threshold_enabled", false) // a disk that is nearly full is no reason to stop
            .build());
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                node.close();
            } catch (java.io.IOException e) {
                e.printStackTrace();
            }
        }));
        node.start();
        ended.await();
    }
}
