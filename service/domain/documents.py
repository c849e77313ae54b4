"""The kinds of document that a test calls for; which one when is the rule pack's to say."""

from service.domain.kinds import Code


class DocumentKind(Code):
    """What a document proves."""

    subject_profile = "subject_profile", "测试主体基本情况", "Profile of the test subject"
    driver_roster = "driver_roster", "安全员名册", "Roster of safety drivers"
    pilot_licence = "pilot_licence", "操控员执照", "Remote pilot licence"
    vehicle_profile = "vehicle_profile", "车辆基本情况", "Profile of the vehicles"
    vehicle_certificate = "vehicle_certificate", "车辆合格证明", "Certificate of conformity"
    identical_configuration_proof = (
        "identical_configuration_proof",
        "同配置证明与增加数量必要性说明",
        "Proof of identical configuration and need",
    )
    adas_function_description = (
        "adas_function_description",
        "自动驾驶功能说明",
        "Description of the automated driving function",
    )
    odd_declaration = "odd_declaration", "设计运行条件声明", "Declaration of operational conditions"
    closed_site_test_report = "closed_site_test_report", "场地测试报告", "Closed-site test report"
    third_party_inspection_report = (
        "third_party_inspection_report",
        "第三方检测报告",
        "Third-party inspection report",
    )
    test_plan = "test_plan", "测试方案", "Test plan"
    road_test_record = "road_test_record", "道路测试完整记录", "Complete road-test record"
    demonstration_plan = "demonstration_plan", "示范应用方案", "Demonstration plan"
    passenger_cargo_statement = (
        "passenger_cargo_statement",
        "载人载物说明",
        "Statement on passengers and cargo",
    )
    operation_plan = "operation_plan", "运营方案", "Operation plan"
    operating_ability_proof = (
        "operating_ability_proof",
        "运营能力证明",
        "Proof of ability to operate",
    )
    insurance_compulsory = "insurance_compulsory", "强制保险凭证", "Compulsory insurance"
    insurance_liability_or_guarantee = (
        "insurance_liability_or_guarantee",
        "责任保险或赔偿保函",
        "Liability insurance or guarantee",
    )
    insurance_passenger = "insurance_passenger", "座位险或意外险凭证", "Passenger insurance"
    safety_self_declaration = (
        "safety_self_declaration",
        "安全性自我声明",
        "Safety self-declaration",
    )
    cybersecurity_risk_assessment = (
        "cybersecurity_risk_assessment",
        "网络安全风险评估",
        "Cybersecurity risk assessment",
    )
    ethics_statement = "ethics_statement", "伦理与个人信息保护说明", "Ethics and privacy statement"
    risk_assessment = "risk_assessment", "事前风险评估报告", "Prior risk assessment"
    risk_disclosure = "risk_disclosure", "事前风险披露", "Prior risk disclosure"
    road_safety_assessment = (
        "road_safety_assessment",
        "道路环境安全评估报告",
        "Road-environment safety assessment",
    )
    uas_registration = "uas_registration", "实名登记证明", "Real-name registration"
    operating_certificate = "operating_certificate", "运营合格证", "Operating certificate"
    airworthiness = "airworthiness", "适航证件", "Airworthiness certificate"
    flight_plan = "flight_plan", "飞行与应急方案", "Flight and emergency plan"
    flight_application = "flight_application", "飞行活动申请", "Flight application"
    stage_report = "stage_report", "阶段性报告", "Stage report"
    final_report = "final_report", "总结报告", "Final report"
    accident_analysis = "accident_analysis", "事故分析报告", "Accident analysis"
    liability_certificate = (
        "liability_certificate",
        "道路交通事故认定书",
        "Traffic accident liability certificate",
    )
