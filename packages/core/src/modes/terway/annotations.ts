/** Names by which Terway's parts talk to each other (terway types/k8s.go, deviceplugin/eni.go). */
export const POD_NETWORKS = "k8s.aliyun.com/pod-networks";
export const POD_NETWORKS_REQUEST = "k8s.aliyun.com/pod-networks-request";
export const POD_NETWORKING = "k8s.aliyun.com/pod-networking";
export const POD_ENI = "k8s.aliyun.com/pod-eni";
export const POD_ALLOC_TYPE = "k8s.aliyun.com/pod-alloc-type";
export const IGNORED_LABEL = "k8s.aliyun.com/ignore-by-terway";
export const EXCLUSIVE_MODE_LABEL = "k8s.aliyun.com/exclusive-mode-eni-type";
export const TRUNK_ON = "k8s.aliyun.com/trunk-on";
export const ENI_RESOURCE = "aliyun/eni";
export const MEMBER_ENI_RESOURCE = "aliyun/member-eni";
