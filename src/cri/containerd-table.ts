/** The messages of containerd's own services that are used beside CRI, in the form that `codec.ts` reads. */
export const containerdTable = `
package containerd.services.events.v1
message SubscribeRequest filters:string[]:1
message Envelope timestamp:google.protobuf.Timestamp:1 namespace:string:2 topic:string:3 event:google.protobuf.Any:4
package containerd.types
message Envelope timestamp:google.protobuf.Timestamp:1 namespace:string:2 topic:string:3 event:google.protobuf.Any:4
message Descriptor mediaType:string:1 digest:string:2 size:int64:3 annotations:map:5
message Platform os:string:1 architecture:string:2 variant:string:3 osVersion:string:4 osFeatures:string[]:5
message Mount type:string:1 source:string:2 target:string:3 options:string[]:4
package containerd.events
message TaskStart containerId:string:1 pid:uint32:2
message TaskDelete containerId:string:1 pid:uint32:2 exitStatus:uint32:3 exitedAt:google.protobuf.Timestamp:4 id:string:5
message TaskExit containerId:string:1 id:string:2 pid:uint32:3 exitStatus:uint32:4 exitedAt:google.protobuf.Timestamp:5
message TaskOOM containerId:string:1
message ContentDelete digest:string:1
message ContentCreate digest:string:1 size:int64:2 mediaType:string:3
package containerd.services.images.v1
message ImageCreate name:string:1 labels:map:2
message ImageUpdate name:string:1 labels:map:2
message ImageDelete name:string:1
message GetImageRequest name:string:1
message GetImageResponse image:Image:1
message ListImagesRequest filters:string[]:1
message ListImagesResponse images:Image[]:1
message CreateImageRequest image:Image:1 sourceDateEpoch:google.protobuf.Timestamp:2
message CreateImageResponse image:Image:1
message UpdateImageRequest image:Image:1 updateMask:google.protobuf.FieldMask:2 sourceDateEpoch:google.protobuf.Timestamp:3
message UpdateImageResponse image:Image:1
message DeleteImageRequest name:string:1 sync:bool:2 target:containerd.types.Descriptor:3
message Image name:string:1 labels:map:2 target:containerd.types.Descriptor:3 createdAt:google.protobuf.Timestamp:7 updatedAt:google.protobuf.Timestamp:8
package containerd.services.content.v1
enum WriteAction STAT WRITE COMMIT
message InfoRequest digest:string:1
message InfoResponse info:Info:1
message UpdateRequest info:Info:1 updateMask:google.protobuf.FieldMask:2
message UpdateResponse info:Info:1
message ListContentRequest filters:string[]:1
message ListContentResponse info:Info[]:1
message DeleteContentRequest digest:string:1
message ReadContentRequest digest:string:1 offset:int64:2 size:int64:3
message ReadContentResponse offset:int64:1 data:bytes:2
message StatusRequest ref:string:1
message StatusResponse status:Status:1
message ListStatusesRequest filters:string[]:1
message ListStatusesResponse statuses:Status[]:1
message WriteContentRequest action:WriteAction:1 ref:string:2 total:int64:3 expected:string:4 offset:int64:5 data:bytes:6 labels:map:7
message WriteContentResponse action:WriteAction:1 startedAt:google.protobuf.Timestamp:2 updatedAt:google.protobuf.Timestamp:3 offset:int64:4 total:int64:5 digest:string:6
message AbortRequest ref:string:1
message Info digest:string:1 size:int64:2 createdAt:google.protobuf.Timestamp:3 updatedAt:google.protobuf.Timestamp:4 labels:map:5
message Status startedAt:google.protobuf.Timestamp:1 updatedAt:google.protobuf.Timestamp:2 ref:string:3 offset:int64:4 total:int64:5 expected:string:6
package containerd.services.leases.v1
message CreateRequest id:string:1 labels:map:3
message CreateResponse lease:Lease:1
message DeleteRequest id:string:1 sync:bool:2
message ListRequest filters:string[]:1
message ListResponse leases:Lease[]:1
message AddResourceRequest id:string:1 resource:Resource:2
message DeleteResourceRequest id:string:1 resource:Resource:2
message ListResourcesRequest id:string:1
message ListResourcesResponse resources:Resource[]:1
message Lease id:string:1 createdAt:google.protobuf.Timestamp:2 labels:map:3
message Resource id:string:1 type:string:2
package containerd.services.namespaces.v1
message GetNamespaceRequest name:string:1
message GetNamespaceResponse namespace:Namespace:1
message ListNamespacesRequest filter:string:1
message ListNamespacesResponse namespaces:Namespace[]:1
message CreateNamespaceRequest namespace:Namespace:1
message CreateNamespaceResponse namespace:Namespace:1
message UpdateNamespaceRequest namespace:Namespace:1 updateMask:google.protobuf.FieldMask:2
message UpdateNamespaceResponse namespace:Namespace:1
message DeleteNamespaceRequest name:string:1
message Namespace name:string:1 labels:map:2
package containerd.services.version.v1
message VersionResponse version:string:1 revision:string:2
package containerd.services.introspection.v1
message PluginsRequest filters:string[]:1
message PluginsResponse plugins:Plugin[]:1
message ServerResponse uuid:string:1 pid:uint64:2 pidns:uint64:3
message Plugin type:string:1 id:string:2 requires:string[]:3 platforms:containerd.types.Platform[]:4 exports:map:5 capabilities:string[]:6 initErr:google.rpc.Status:7
package google.protobuf
message Empty
message Any typeUrl:string:1 value:bytes:2
message Timestamp seconds:int64:1 nanos:int32:2
message FieldMask paths:string[]:1
package google.rpc
message Status code:int32:1 message:string:2 details:google.protobuf.Any[]:3
`;
